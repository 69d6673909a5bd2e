import { AssayError } from '../core/errors.ts';
import type { Session, SessionCalendar } from './calendars/calendar.ts';
import { dateOfDay, dayOfDate, isWeekday } from './calendars/dates.ts';

/**
 * The session that a bar belongs to (null: outside). A bar that starts at the close belongs to it where the market has a closing auction:
 * the auction's print is its open.
 */
export function sessionOfBar(calendar: SessionCalendar, startMs: number): Session | null {
  return calendar.sessionAt(startMs) ?? auctionSession(calendar, startMs);
}

/** The trading date of a bar; outside of sessions, the date of its start in UTC. */
export function tradingDateOf(calendar: SessionCalendar, startMs: number): string {
  return sessionOfBar(calendar, startMs)?.date ?? new Date(startMs).toISOString().slice(0, 10);
}

/** The session that closes at an instant, of a market with a closing auction. */
function auctionSession(calendar: SessionCalendar, startMs: number): Session | null {
  if (!calendar.closingAuction) return null;
  const session = calendar.sessionAt(startMs - 1);
  return session?.closeMs === startMs ? session : null;
}

/** True if any of the bars is a closing auction's. */
export function endsWithAuction(time: Float64Array, calendar: SessionCalendar): boolean {
  return (
    calendar.closingAuction && time.some((startMs) => calendar.sessionAt(startMs) === null && auctionSession(calendar, startMs) !== null)
  );
}

/**
 * Counts sessions over consecutive blocks of bars: returns the session of each bar, counted from 0, one per trading date with bars.
 * @throws AssayError `data_invalid` for a bar outside the session's hours.
 */
export function sessionCounter(calendar: SessionCalendar): (time: Float64Array) => Float64Array {
  let ordinal = -1;
  let previous: Session | null = null;
  return (time) =>
    time.map((utcMs, row) => {
      const current = sessionOfBar(calendar, utcMs);
      if (current === null)
        throw new AssayError('data_invalid', `the bar at ${new Date(utcMs).toISOString()} lies outside the ${calendar.id} session`, {
          place: `row ${row}`,
        });
      if (current.openMs !== previous?.openMs) ordinal++;
      previous = current;
      return ordinal;
    });
}

/** Epoch milliseconds at which the first `count` sessions on weekdays from a date ("2024-01-02") open. */
export function weekdayOpens(calendar: SessionCalendar, firstDate: string, count: number): number[] {
  const opens: number[] = [];
  for (let day = dayOfDate(firstDate); opens.length < count; day++) {
    const session = isWeekday(day) ? calendar.sessionOf(dateOfDay(day)) : null;
    if (session !== null) opens.push(session.openMs);
  }
  return opens;
}
