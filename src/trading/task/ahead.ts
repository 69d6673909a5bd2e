import type { AlignedBars } from '../../market/bars.ts';
import { tradingDateOf } from '../../market/sessions.ts';
import { barsFromTable } from '../../market/store/read.ts';
import type { PlannedWindow, StudyAhead } from '../../search/study/study-ahead.ts';
import type { FoldWindow, ValidationContext } from '../../search/study/walk-forward.ts';
import { rowsOf, type SessionRange, sessionCount } from '../env/market.ts';
import type { TradingTaskOptions } from './options.ts';
import { searchSplit, sessionsOf } from './session-plan.ts';

type Planned = Pick<TradingTaskOptions<never>, 'dataset' | 'sessions'> & {
  readonly training: Pick<TradingTaskOptions<never>['training'], 'seeds'>;
};

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
  const end = Math.max(search.test.to, ...planned.flatMap(({ test }) => test.map(({ to }) => to)));
  const left = { from: end, to: sessionCount(bars) };
  const parts: readonly (readonly UsedSessions[])[] = [
    [
      { use: 'search training', fold: null, range: search.train },
      { use: 'inner validation', fold: null, range: search.test },
    ],
    ...planned.map(({ fold, train, test }) =>
      [
        ...train.map((range): UsedSessions => ({ use: 'fold training', fold, range })),
        ...test.map((range): UsedSessions => ({ use: 'fold test', fold, range })),
      ].sort((a, b) => a.range.from - b.range.from),
    ),
    left.to > left.from ? [{ use: 'left over', fold: null, range: left }] : [],
  ];
  return {
    windows: parts.flatMap((own) =>
      own.map(({ use, fold, range }, i): PlannedWindow => {
        const next = own[i + 1];
        const purged = next === undefined ? 0 : next.range.from - range.to;
        return { use, fold, ...daysOf(range, bars), sessions: range.to - range.from, purged };
      }),
    ),
    sessionsPerYear: bars.calendar.sessionsPerYear,
    seedsPerTrial: training.seeds ?? 1,
  };
}

interface UsedSessions extends Pick<PlannedWindow, 'use' | 'fold'> {
  readonly range: SessionRange;
}

/** Trading dates of the first and the last session of a range. */
function daysOf(range: SessionRange, bars: AlignedBars): Pick<PlannedWindow, 'firstDay' | 'lastDay'> {
  const rows = rowsOf(bars, range);
  const dayOf = (row: number): string => tradingDateOf(bars.calendar, bars.time[row]!);
  return { firstDay: dayOf(rows.from), lastDay: dayOf(rows.to - 1) };
}
