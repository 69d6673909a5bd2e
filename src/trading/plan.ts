import { barsFromTable } from '../market/store/read.ts';
import type { EvidenceAhead, FoldWindow, ValidationContext } from '../search/study/walk-forward.ts';
import { decisionsUnder } from './env/decisions.ts';
import type { TradingTaskOptions } from './task/options.ts';
import { searchSplit, sessionsOf, walkForwardFolds } from './task/session-plan.ts';

type PlanContext = Pick<ValidationContext<unknown>, 'dataset'>;
type Planned = Pick<TradingTaskOptions<never>, 'dataset' | 'sessions' | 'environment'>;

/**
 * Plans the folds of a trading study from the bars alone, without features or training.
 * @throws AssayError `config_invalid` if the search window or the folds do not fit into the data.
 */
export async function planFolds({ dataset, sessions }: Planned, context: PlanContext): Promise<readonly FoldWindow[]> {
  const bars = barsFromTable(await context.dataset(dataset));
  searchSplit(sessions, bars);
  return walkForwardFolds(sessions, bars);
}

/** Counts the out-of-sample steps and days of all folds, and the days of the shortest. */
export async function plannedEvidence(
  { dataset, environment }: Planned,
  context: PlanContext,
  folds: readonly FoldWindow[],
): Promise<EvidenceAhead> {
  const bars = barsFromTable(await context.dataset(dataset));
  const tests = folds.map((fold) => sessionsOf(fold, bars).test);
  return {
    steps: tests.reduce(
      (sum, test) => sum + decisionsUnder({ overnight: environment?.overnight ?? 'flat' }, { bars, firstRow: 0 }, test).rows.length,
      0,
    ),
    days: tests.reduce((sum, { from, to }) => sum + to - from, 0),
    shortestFold: Math.min(...tests.map(({ from, to }) => to - from)),
  };
}
