import { median, rankAmong } from '../rank.ts';

/** Regrets of one search by budget: true value of the recommended configuration above the minimum, in interquartile ranges. */
export interface FamilyRun {
  readonly family: string;
  readonly function: string;
  readonly seed: number;
  readonly sampler: string;
  readonly regrets: Readonly<Record<number, number>>;
}

/** A sampler in a family at a budget, over all functions and seeds that every sampler was run on. */
export interface FamilyRow {
  readonly family: string;
  readonly budget: number;
  readonly sampler: string;
  readonly median: number;
  readonly meanRank: number;
  /** Largest mean rank on a single function. */
  readonly worstRank: number;
  /** Searches in which it was better and worse than the first sampler on the same function with the same seed. */
  readonly better: number;
  readonly worse: number;
  /** Geometric mean of its regret over that of the first sampler, in pairs; regrets below a thousandth count as a thousandth. */
  readonly ratio: number;
}

const least = 1e-3;

/** Compares samplers in pairs: only functions and seeds with a run of each count. The first sampler is the one that others are compared with. */
export function compareRuns(runs: readonly FamilyRun[], budgets: readonly number[]): readonly FamilyRow[] {
  const samplers = [...new Set(runs.map(({ sampler }) => sampler))];
  const families = [...new Set(runs.map(({ family }) => family))];
  return families.flatMap((family) => {
    const pairs = groupsOf(
      runs.filter((run) => run.family === family),
      (run) => `${run.function}/${run.seed}`,
    );
    const complete = pairs.filter((group) => group.length === samplers.length);
    return budgets.flatMap((budget) =>
      samplers.flatMap((sampler): readonly FamilyRow[] => {
        const searches = complete.flatMap((group) => {
          const regrets = new Map(group.map((run) => [run.sampler, Math.max(run.regrets[budget]!, least)]));
          const own = regrets.get(sampler)!;
          const others = [...regrets].flatMap(([name, regret]) => (name === sampler ? [] : [regret]));
          return [{ function: group[0]!.function, own, first: regrets.get(samplers[0]!)!, rank: rankAmong(own, others, 'minimize') }];
        });
        if (searches.length === 0) return [];
        const byFunction = groupsOf(searches, ({ function: name }) => name);
        return [
          {
            family,
            budget,
            sampler,
            median: median(searches.map(({ own }) => own)),
            meanRank: mean(searches.map(({ rank }) => rank)),
            worstRank: Math.max(...byFunction.map((group) => mean(group.map(({ rank }) => rank)))),
            better: searches.filter(({ own, first }) => own < first).length,
            worse: searches.filter(({ own, first }) => own > first).length,
            ratio: Math.exp(mean(searches.map(({ own, first }) => Math.log(own / first)))),
          },
        ];
      }),
    );
  });
}

function groupsOf<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.values()];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
