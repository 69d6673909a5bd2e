import type { AlignedBars } from '../../market/bars.ts';
import { tradingDateOf } from '../../market/sessions.ts';
import { barsFromTable } from '../../market/store/read.ts';
import type { PlannedWindow, StudyAhead } from '../../search/study/study-ahead.ts';
import type { FoldWindow, ValidationContext } from '../../search/study/walk-forward.ts';
import { rowsOf, type SessionRange, sessionCount } from '../env/market.ts';
import type { TradingTaskOptions } from './options.ts';
import { searchSplit, sessionsOf } from './session-plan.ts';

type Planned = Pick<TradingTaskOptions<never>, 'dataset' | 'sessions' | 'training'>;

/**
 * The windows of the search and of these folds by their trading dates, from the bars alone.
 * @throws AssayError `config_invalid` if the search window does not fit into the data.
 */
export async function studyAhead(
  { dataset, sessions, training }: Planned,
  context: Pick<ValidationContext<unknown>, 'dataset'>,
  folds: readonly FoldWindow[],
): Promise<StudyAhead> {
  const bars = barsFromTable(await context.dataset(dataset));
  const search = searchSplit(sessions, bars);
  const planned = folds.map((window) => ({ fold: window.fold, ...sessionsOf(window, bars) }));
  const windowOf = (use: PlannedWindow['use'], fold: number | null, range: SessionRange, next?: SessionRange): PlannedWindow => ({
    use,
    fold,
    ...daysOf(range, bars),
    sessions: range.to - range.from,
    purged: next === undefined ? 0 : Math.max(0, next.from - range.to),
  });
  const end = Math.max(search.test.to, ...planned.map(({ test }) => test.to));
  const left = { from: end, to: sessionCount(bars) };
  return {
    windows: [
      windowOf('search training', null, search.train, search.test),
      windowOf('inner validation', null, search.test),
      ...planned.flatMap(({ fold, train, test }) => [windowOf('fold training', fold, train, test), windowOf('fold test', fold, test)]),
      ...(left.to > left.from ? [windowOf('left over', null, left)] : []),
    ],
    sessionsPerYear: bars.calendar.sessionsPerYear,
    seedsPerTrial: training.seeds ?? 1,
  };
}

/** Trading dates of the first and the last session of a range. */
function daysOf(range: SessionRange, bars: AlignedBars): Pick<PlannedWindow, 'firstDay' | 'lastDay'> {
  const rows = rowsOf(bars, range);
  const dayOf = (row: number): string => tradingDateOf(bars.calendar, bars.time[row]!);
  return { firstDay: dayOf(rows.from), lastDay: dayOf(rows.to - 1) };
}
