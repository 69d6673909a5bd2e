import { AssayError } from '../../core/errors.ts';
import type { SessionCalendar } from '../calendars/calendar.ts';
import { zoneClock } from '../local-time.ts';
import { type BarTable, keptBars } from './bar-table.ts';
import type { Reading } from './reading.ts';

/** True if the stamps name no zone and none is known: they are read in the calendar's, which must then show in the bars. */
export function assumesZone({ stampKind, zone }: Reading): boolean {
  return stampKind === 'local' && zone === null;
}

/** A part whose times are UTC starts of bars. */
export interface StartsOfPart {
  readonly path: string;
  readonly table: BarTable;
  /** Number of bars of dates without a session. */
  readonly closedDates: number;
}

/**
 * Turns the stamps of a part into UTC starts of bars. A date alone stands for the session of that date, and its bar starts at the open. An
 * end that is given as the last moment of the bar (09:30:59.999) is taken for the next one.
 * @throws AssayError `data_invalid` for a local time that the clock skipped, and for a date without a session where `outside` is refuse.
 */
export function toStarts(
  part: { readonly path: string; readonly table: BarTable; readonly reading: Reading },
  options: { readonly calendar: SessionCalendar; readonly barMs: number; readonly outside: 'refuse' | 'drop' },
): StartsOfPart {
  const { path, table, reading } = part;
  if (reading.stampKind === 'date') return sessionStarts(part, options);
  const local = assumesZone(reading) ? zoneClock(options.calendar.zone) : null;
  const shift = reading.stamp === 'end' ? options.barMs : 0;
  if (local === null && shift === 0) return { path, table, closedDates: 0 };
  const isLastMoment = shift > 0 && table.time.every((ms) => ms % 1000 === 999);
  const time = table.time.map((ms, row) => {
    const utcMs = local === null ? ms : local.utcMsOf(ms);
    if (utcMs === null) throw skipped(ms, options.calendar.zone, `${path}:${table.line[row]}, column datetime`);
    return utcMs + Number(isLastMoment) - shift;
  });
  return { path, table: { ...table, time }, closedDates: 0 };
}

function sessionStarts(
  { path, table }: { readonly path: string; readonly table: BarTable },
  { calendar, outside }: { readonly calendar: SessionCalendar; readonly outside: 'refuse' | 'drop' },
): StartsOfPart {
  const opens = table.time.map((ms) => calendar.sessionOf(new Date(ms).toISOString().slice(0, 10))?.openMs ?? Number.NaN);
  const closed = opens.findIndex(Number.isNaN);
  if (closed >= 0 && outside === 'refuse')
    throw new AssayError(
      'data_invalid',
      `${new Date(table.time[closed]!).toISOString().slice(0, 10)} is no trading day of ${calendar.id}`,
      {
        place: `${path}:${table.line[closed]}, column datetime`,
        hint: 'leave such bars out with --outside drop, or choose another calendar with --calendar',
      },
    );
  const kept = keptBars({ ...table, time: opens }, (row) => !Number.isNaN(opens[row]!));
  return { path, table: kept, closedDates: opens.length - kept.time.length };
}

function skipped(localMs: number, zone: string, place: string): AssayError {
  const text = new Date(localMs).toISOString().slice(0, 19).replace('T', ' ');
  return new AssayError('data_invalid', `${JSON.stringify(text)} does not exist in the local time of ${zone}`, {
    place,
    hint: 'the clock was put forward over this time: declare the correct --zone',
  });
}
