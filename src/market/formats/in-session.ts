import { AssayError } from '../../core/errors.ts';
import type { SessionCalendar } from '../calendars/calendar.ts';
import { sessionOfBar } from '../sessions.ts';
import { type BarTable, keptBars } from './bar-table.ts';
import { isoOf } from './order.ts';

/** Bars within the sessions of a calendar, and what was left out. */
export interface SessionBars {
  readonly table: BarTable;
  /** File and line of a row of the table. */
  readonly placeOf: (row: number) => string;
  /** Number of bars outside the hours. */
  readonly outside: number;
  /** Number of bars at a close that were left out since the file goes on after closes, so that they hold more than the auction. */
  readonly afterClose: number;
}

const [isOutside, isInside, isAtClose] = [0, 1, 2];

/**
 * The bars within the sessions. A bar that starts at the close counts as the closing auction's print, unless the file goes on after its
 * closes: then it is a minute of extended trading.
 * @throws AssayError `data_invalid` at the first bar outside where `outside` is refuse, and where no bar lies inside.
 */
export function barsInSession(
  table: BarTable,
  options: { readonly calendar: SessionCalendar; readonly outside: 'refuse' | 'drop' },
  placeOf: (row: number) => string,
  hint: string,
): SessionBars {
  const { calendar } = options;
  const { time } = table;
  const where = Uint8Array.from(time, (startMs) => {
    if (calendar.sessionAt(startMs) !== null) return isInside;
    return sessionOfBar(calendar, startMs) === null ? isOutside : isAtClose;
  });
  const first = where.indexOf(isOutside);
  if (first >= 0 && options.outside === 'refuse')
    throw new AssayError('data_invalid', `the bar starting ${isoOf(time[first]!)} lies outside the ${calendar.id} session`, {
      place: placeOf(first),
      hint,
    });
  // A bar outside that follows one of a session lies after its close.
  const goesOn = where.some((now, row) => now === isOutside && row > 0 && where[row - 1] !== isOutside);
  const isKept = (row: number): boolean => where[row] === isInside || (where[row] === isAtClose && !goesOn);
  const kept = keptBars(table, isKept);
  if (kept.time.length === 0) throw new AssayError('data_invalid', 'no bar lies within the session', { place: placeOf(0), hint });
  const outside = where.reduce((n, now) => n + Number(now === isOutside), 0);
  return {
    table: kept,
    placeOf: (row) => placeOf(time.indexOf(kept.time[row]!)),
    outside,
    afterClose: time.length - kept.time.length - outside,
  };
}

/**
 * Checks for gaps: steps of more than one bar between neighbours of one session. A session that begins late or ends early has no gap; the
 * quality report shows its number of bars.
 * @throws AssayError `data_invalid` at the first gap.
 */
export function checkSessionGaps({ table, placeOf }: SessionBars, calendar: SessionCalendar, barMs: number): void {
  const { time } = table;
  for (let row = 1; row < time.length; row++) {
    const [before, now] = [time[row - 1]!, time[row]!];
    const missing = Math.ceil((now - before) / barMs) - 1;
    if (missing > 0 && sessionOfBar(calendar, now)?.openMs === sessionOfBar(calendar, before)?.openMs)
      throw new AssayError(
        'data_invalid',
        `${missing} ${missing === 1 ? 'bar is' : 'bars are'} missing between ${isoOf(before)} and ${isoOf(now)}`,
        {
          place: `${placeOf(row)}, column datetime`,
          hint: 'import the file with its gaps by --gaps allow; missing bars are not filled',
        },
      );
  }
}
