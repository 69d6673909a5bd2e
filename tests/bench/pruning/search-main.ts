import { auto } from '../../../src/search/samplers/index.ts';
import { baseFunctions } from '../quality/families/base-functions.ts';
import { withNoise } from '../quality/families/noise.ts';
import { median } from '../quality/rank.ts';
import { learningFamilies, learningSearch } from './learning-search.ts';

/** Smallest regret that is told from 0. */
const least = 1e-3;

/** Prints regrets of searches that learn the forecasts of pruned trials over those that learn their last reports, in pairs. */
export function searchMain({ seeds, trials }: { readonly seeds: number; readonly trials: number }): void {
  const problems = baseFunctions().map((base) => withNoise('learning', 'exact', base));
  for (const family of learningFamilies) {
    const pairs = Array.from({ length: seeds }, (_, seed) => seed).flatMap((seed) =>
      problems.map((problem) => {
        const [now, before] = [true, false].map((told) => learningSearch(problem, family, auto(), { seed, trials, told }));
        return { now: now!, before: before! };
      }),
    );
    const ratios = pairs.map(({ now, before }) => Math.log(Math.max(now.regret, least) / Math.max(before.regret, least)));
    const ratio = Math.exp(ratios.reduce((sum, own) => sum + own / ratios.length, 0));
    const [better, worse] = [ratios.filter((own) => own < 0).length, ratios.filter((own) => own > 0).length];
    const of = (pick: (pair: (typeof pairs)[number]) => number): string => median(pairs.map(pick)).toPrecision(3);
    console.log(
      `${family.name}: ${pairs.length} pairs, regret x ${ratio.toFixed(2)} (${better} : ${worse}), median ${of(({ before }) => before.regret)} before, ${of(({ now }) => now.regret)} now; steps x ${of(({ now, before }) => now.steps / before.steps)}; pruned ${of(({ before }) => before.pruned)} before, ${of(({ now }) => now.pruned)} now`,
    );
  }
}
