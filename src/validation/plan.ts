import { expectedMaximumSharpe } from './deflated-sharpe.ts';
import { fewestTrials } from './statistics/cscv.ts';
import { type Detectable, daysToDetect, detectableSharpe } from './statistics/detectable.ts';
import { minimumBacktestYears } from './statistics/luck.ts';

/** What a study is going to search and judge. */
export interface PlannedStudy {
  /** Trials of the budget; null without a limit of trials. */
  readonly trials: number | null;
  readonly seedsPerTrial: number;
  /** Models that are judged, seeds of each, and folds: the trainings of a validation. */
  readonly models: number;
  readonly seeds: number;
  readonly folds: number;
  /** Models judged on the test days in all, over all studies; at least `models`. */
  readonly looks: number;
  /** Out-of-sample days. */
  readonly days: number;
  /** Days of the inner validation part; null: unknown. */
  readonly innerDays: number | null;
  readonly sessionsPerYear: number;
  /** Level of the evidence gate; null: the gate policy does not ask it. */
  readonly level: number | null;
}

export interface PowerOfPlan extends Detectable {
  readonly level: number;
  readonly power: number;
  /** Days that show these annual Sharpe ratios with the same power. */
  readonly daysFor: readonly { readonly annualSharpe: number; readonly days: number }[];
}

/** What the search alone will show. */
export interface LuckOfPlan {
  /** Annual Sharpe ratio of the best of all trials on the inner days if none had skill. */
  readonly annualSharpe: number;
  /** Years of inner days at which that would be 1. */
  readonly yearsForOne: number;
}

export interface PlanFigures {
  readonly trainings: { readonly search: number | null; readonly validation: number };
  /** null: the gate policy does not ask for evidence. */
  readonly power: PowerOfPlan | null;
  /** null: the number of trials or of inner days is unknown. */
  readonly luck: LuckOfPlan | null;
  readonly warnings: readonly string[];
}

/** Share of true edges of the detectable size that a plan must promote. */
const power = 0.8;
/** Annual Sharpe ratios that days are counted for. A plan that cannot show the largest is doubtful. */
const annualSharpes = [1, 2, 3] as const;

/**
 * What a study can show, from its numbers alone: trainings, the smallest Sharpe ratio that passes the evidence gate with a probability of
 * .8, and what luck alone will show in the search. The mean of the seeds counts as one of them: how far seeds agree is not known before
 * they are trained, so a plan never promises too much.
 * @example 60 days, 3 looks at level .005: .524 a day, 8.3 a year; annual 3 needs 408 days.
 */
export function planFigures(plan: PlannedStudy): PlanFigures {
  const { trials, level, looks, days, sessionsPerYear } = plan;
  const asked = level === null ? null : { looks, level, power };
  const shown = asked && {
    level: asked.level,
    power,
    ...detectableSharpe({ ...asked, days }, sessionsPerYear),
    daysFor: annualSharpes.map((annualSharpe) => ({ annualSharpe, days: daysToDetect(annualSharpe, asked, sessionsPerYear) })),
  };
  return {
    trainings: {
      search: trials === null ? null : trials * plan.seedsPerTrial,
      validation: plan.models * plan.seeds * plan.folds,
    },
    power: shown,
    luck: luckOf(plan),
    warnings: warningsOf(plan, shown),
  };
}

function luckOf({ trials, innerDays, sessionsPerYear }: PlannedStudy): LuckOfPlan | null {
  if (trials === null || innerDays === null || innerDays < 2) return null;
  return {
    annualSharpe: expectedMaximumSharpe(1 / (innerDays - 1), trials) * Math.sqrt(sessionsPerYear),
    yearsForOne: minimumBacktestYears(trials, 1),
  };
}

function warningsOf({ trials, days }: PlannedStudy, shown: PowerOfPlan | null): readonly string[] {
  const warnings: string[] = [];
  if (shown !== null && !(shown.annualSharpe <= annualSharpes.at(-1)!)) {
    const least = Number.isFinite(shown.annualSharpe)
      ? `${days} days cannot show an annual Sharpe ratio below ${shown.annualSharpe.toFixed(1)}`
      : `${days} days cannot show any Sharpe ratio`;
    const { annualSharpe, days: needed } = shown.daysFor.at(-1)!;
    warnings.push(
      `${least}: an annual ratio of ${annualSharpe} needs ${needed.toLocaleString('en-US')} days; plan longer tests or more folds`,
    );
  }
  if (trials === null) warnings.push('the budget has no limit of trials, so the time of the search and the luck in it are unknown');
  else if (trials < fewestTrials)
    warnings.push(`${trials} trials are too few to tell how much of the search is luck: ${fewestTrials} are needed`);
  return warnings;
}
