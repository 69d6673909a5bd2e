import { AssayError } from '../core/errors.ts';
import { dayMs, minuteMs, zoneClock } from './local-time.ts';

/** Trading hours of an exchange in its local time; a session never crosses local midnight. */
export interface SessionCalendar {
  readonly id: string;
  readonly zone: string;
  /** Minute of the local day at which the first bar starts. */
  readonly openMinute: number;
  /** Minute at which trading ends. A bar that starts here belongs to the session: it holds the closing auction. */
  readonly closeMinute: number;
}

/** All session calendars; add further exchanges here. */
export const sessionCalendars = {
  'us-equities': {
    id: 'us-equities',
    zone: 'America/New_York',
    openMinute: 9 * 60 + 30,
    closeMinute: 16 * 60,
  },
  'utc-day': {
    id: 'utc-day',
    zone: 'UTC',
    openMinute: 0,
    closeMinute: 24 * 60,
  },
} as const satisfies Record<string, SessionCalendar>;

export type CalendarId = keyof typeof sessionCalendars;

/** @throws AssayError `config_invalid` for an unknown id. */
export function sessionCalendarOf(id: string): SessionCalendar {
  const calendars: Readonly<Record<string, SessionCalendar>> = sessionCalendars;
  const calendar = Object.hasOwn(calendars, id) ? calendars[id] : undefined;
  if (calendar === undefined)
    throw new AssayError('config_invalid', `unknown session calendar ${JSON.stringify(id)}`, {
      hint: `known calendars: ${Object.keys(calendars).join(', ')}`,
    });
  return calendar;
}

/** Number of bars of `barMs` in a full session, without the closing auction's. */
export function barsPerSession(calendar: SessionCalendar, barMs: number): number {
  return Math.round(((calendar.closeMinute - calendar.openMinute) * minuteMs) / barMs);
}

/** Returns a function from a bar's start to its local date as a day number (null outside the session). */
export function sessionDayOf(calendar: SessionCalendar): (utcMs: number) => number | null {
  const clock = zoneClock(calendar.zone);
  return (utcMs) => {
    const localMs = clock.localMsOf(utcMs);
    const day = Math.floor(localMs / dayMs);
    const minute = (localMs - day * dayMs) / minuteMs;
    return minute >= calendar.openMinute && minute <= calendar.closeMinute ? day : null;
  };
}

/**
 * The session of each bar, counted from 0: one per local date on which there are bars.
 * @throws AssayError `data_invalid` for a bar outside the session's hours.
 */
export function sessionOrdinals(time: Float64Array, calendar: SessionCalendar): Float64Array {
  const dayOf = sessionDayOf(calendar);
  const session = new Float64Array(time.length);
  let ordinal = -1;
  let previousDay: number | null = null;
  for (const [row, utcMs] of time.entries()) {
    const day = dayOf(utcMs);
    if (day === null)
      throw new AssayError('data_invalid', `the bar at ${new Date(utcMs).toISOString()} lies outside the ${calendar.id} session`, {
        place: `row ${row}`,
      });
    if (day !== previousDay) ordinal++;
    previousDay = day;
    session[row] = ordinal;
  }
  return session;
}

/** Epoch milliseconds at which the first `count` weekday sessions from a local date ("2024-01-02") open. No holidays. */
export function weekdayOpens(calendar: SessionCalendar, firstDate: string, count: number): number[] {
  const clock = zoneClock(calendar.zone);
  const opens: number[] = [];
  for (let day = Math.floor(Date.parse(`${firstDate}T00:00:00Z`) / dayMs); opens.length < count; day++) {
    const weekday = (((day + 4) % 7) + 7) % 7; // day 0, 1970-01-01, was a Thursday
    const open = clock.utcMsOf(day * dayMs + calendar.openMinute * minuteMs);
    if (weekday !== 0 && weekday !== 6 && open !== null) opens.push(open);
  }
  return opens;
}
