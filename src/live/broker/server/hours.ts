import { AssayError } from '../../../core/errors.ts';
import type { Session, SessionCalendar } from '../../../market/calendars/calendar.ts';
import { dayMs, zoneClock } from '../../../market/local-time.ts';
import { isoTime } from '../../iso-time.ts';
import { msOf } from '../../nanoseconds.ts';
import { timeText } from './wire.ts';

/** Most days of one answer, and of the search for the next session. */
const [mostDays, aheadDays] = [3700, 15];

function dateOf(ms: number): string {
  return isoTime(ms).slice(0, 10);
}

/** The session of a date; null also where the calendar does not reach. */
function sessionOf(calendar: SessionCalendar, date: string): Session | null {
  try {
    return calendar.sessionOf(date);
  } catch (error) {
    if (error instanceof AssayError && error.code === 'data_invalid') return null;
    throw error;
  }
}

export function clockShape(calendar: SessionCalendar, now: bigint) {
  const nowMs = msOf(now);
  const current = calendar.sessionAt(nowMs);
  const next = Array.from({ length: aheadDays }, (_, day) => sessionOf(calendar, dateOf(nowMs + (day - 1) * dayMs))).find(
    (session) => session !== null && session.openMs > nowMs,
  );
  const text = (ms: number | undefined): string | null => (ms === undefined ? null : isoTime(ms));
  return {
    timestamp: timeText(now),
    is_open: current !== null,
    next_open: text(next?.openMs),
    next_close: text((current ?? next)?.closeMs),
  };
}

/** Sessions from one date to another; one that opens on the evening before has that evening's time. */
export function calendarShape(calendar: SessionCalendar, start: string, end: string) {
  const local = zoneClock(calendar.zone);
  const minutes = (ms: number): string => isoTime(local.localMsOf(ms)).slice(11, 16);
  const first = Date.parse(`${start}T00:00:00Z`);
  const days = Math.min(mostDays, (Date.parse(`${end}T00:00:00Z`) - first) / dayMs + 1);
  return Array.from({ length: Math.max(0, days) }, (_, day) => dateOf(first + day * dayMs)).flatMap((date) => {
    const session = sessionOf(calendar, date);
    return session === null ? [] : [{ date, open: minutes(session.openMs), close: minutes(session.closeMs) }];
  });
}
