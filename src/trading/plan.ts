import { barsFromTable } from '../market/store/read.ts';
import type { EvidenceAhead, FoldWindow, ValidationContext } from '../search/study/walk-forward.ts';
import { schemeOf } from '../validation/schemes/parse.ts';
import { decisionsOfParts } from './env/decisions.ts';
import type { SessionRange } from './env/market.ts';
import type { TradingTaskOptions } from './task/options.ts';
import { searchSplit, sessionsOf, walkForwardFolds } from './task/session-plan.ts';

type PlanContext = Pick<ValidationContext<unknown>, 'dataset'>;
type Planned = Pick<TradingTaskOptions<never>, 'dataset' | 'sessions' | 'environment'>;

/**
 * Plans the folds of a trading study from the bars alone, without features or training.
 * @param scheme in place of the study's own: `cpcv:6,2`, see {@link schemeOf}.
 * @throws AssayError `config_invalid` if the search window or the folds do not fit into the data.
 */
export async function planFolds({ dataset, sessions }: Planned, context: PlanContext, scheme?: string): Promise<readonly FoldWindow[]> {
  const bars = barsFromTable(await context.dataset(dataset));
  searchSplit(sessions, bars);
  return walkForwardFolds(sessions, bars, scheme === undefined ? undefined : schemeOf(scheme));
}

/** Counts the folds, their out-of-sample steps and days, and the days of the shortest. */
export async function plannedEvidence(
  { dataset, environment }: Planned,
  context: PlanContext,
  folds: readonly FoldWindow[],
): Promise<EvidenceAhead> {
  const bars = barsFromTable(await context.dataset(dataset));
  const tests = folds.map((fold) => sessionsOf(fold, bars).test);
  const daysOf = (test: readonly SessionRange[]) => test.reduce((sum, { from, to }) => sum + to - from, 0);
  return {
    steps: tests.reduce(
      (sum, test) => sum + decisionsOfParts({ overnight: environment?.overnight ?? 'flat' }, { bars, firstRow: 0 }, test).rows.length,
      0,
    ),
    days: tests.reduce((sum, test) => sum + daysOf(test), 0),
    folds: folds.length,
    shortestFold: Math.min(...tests.map(daysOf)),
  };
}
