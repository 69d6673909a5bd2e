import { dayMs, minuteMs, type ZoneClock, zoneClock } from '../local-time.ts';
import { dateOfDay, dayOfDate } from './dates.ts';

/** The hours of one trading day. */
export interface Session {
  /** Trading date, `2024-01-02`: the label of the session, which may begin on the evening before. */
  readonly date: string;
  /** Epoch milliseconds (UTC) at which the first bar starts. */
  readonly openMs: number;
  /** Epoch milliseconds (UTC) at which trading ends, exclusive. */
  readonly closeMs: number;
}

/** The trading hours of a market, day by day, with the source of its exceptions. */
export interface SessionCalendar {
  readonly id: string;
  /** Raised whenever a session changes. */
  readonly version: number;
  /** Where the hours and their exceptions come from. */
  readonly source: string;
  /** IANA zone of the market. */
  readonly zone: string;
  /**
   * The session that an instant lies in (null: closed).
   * @throws AssayError `data_invalid` for a date that the calendar does not cover, saying what to add.
   */
  readonly sessionAt: (utcMs: number) => Session | null;
  /** The session of a trading date, `2024-01-02` (null: closed). @throws AssayError as {@link sessionAt}; `usage` for a text that is no date. */
  readonly sessionOf: (date: string) => Session | null;
  /** Minutes of a session without an early close. */
  readonly fullSessionMinutes: number;
  /** Number of sessions by which returns are annualised. */
  readonly sessionsPerYear: number;
  /** True if a bar that starts at the close may hold the print of a closing auction. */
  readonly closingAuction: boolean;
  /** False if a session's end is known only when the next one begins: nothing can be trained on such sessions. */
  readonly knowsClose: boolean;
}

/** Number of bars in a session without an early close, the closing auction's left out; at least 1. */
export function barsPerSession({ fullSessionMinutes }: SessionCalendar, barMs: number): number {
  return Math.ceil((fullSessionMinutes * minuteMs) / barMs);
}

/** Number of bars in a year: 98,280 of one minute for US equities. */
export function barsPerYear(calendar: SessionCalendar, barMs: number): number {
  return calendar.sessionsPerYear * barsPerSession(calendar, barMs);
}

/** Hours of a session in minutes of the local clock, counted from midnight of its date: negative on the evening before. */
export interface SessionHours {
  readonly openMinute: number;
  readonly closeMinute: number;
}

/** What {@link defineCalendar} makes a calendar of. */
export interface CalendarRules extends Omit<SessionCalendar, 'sessionAt' | 'sessionOf' | 'closingAuction' | 'knowsClose'> {
  readonly closingAuction?: boolean;
  /** Minutes that are added to the local time before its date is taken: 360 if a session opens at 18:00 on the evening before. */
  readonly dayShiftMinutes?: number;
  /** Hours of a date, given as days since 1970-01-01 (null: closed). */
  readonly hoursOf: (day: number) => SessionHours | null;
}

/** A calendar from the hours of each date. Sessions are computed once per date. */
export function defineCalendar({ hoursOf, dayShiftMinutes = 0, closingAuction = false, ...facts }: CalendarRules): SessionCalendar {
  // Made at the first use: a zone costs 10 ms, and every process and thread loads the calendars.
  let made: ZoneClock | undefined;
  const clock = (): ZoneClock => (made ??= zoneClock(facts.zone));
  const known = new Map<number, Session | null>();
  let last: Session | null = null;

  const sessionOfDay = (day: number): Session | null => {
    const found = known.get(day);
    if (found !== undefined) return found;
    const hours = hoursOf(day);
    const utcMsOf = (minute: number): number => clock().utcMsOf(day * dayMs + minute * minuteMs)!;
    const session =
      hours === null ? null : { date: dateOfDay(day), openMs: utcMsOf(hours.openMinute), closeMs: utcMsOf(hours.closeMinute) };
    known.set(day, session);
    return session;
  };

  return {
    ...facts,
    closingAuction,
    knowsClose: true,
    sessionAt: (utcMs) => {
      if (last !== null && utcMs >= last.openMs && utcMs < last.closeMs) return last;
      const session = sessionOfDay(Math.floor((clock().localMsOf(utcMs) + dayShiftMinutes * minuteMs) / dayMs));
      if (session === null || utcMs < session.openMs || utcMs >= session.closeMs) return null;
      last = session;
      return session;
    },
    sessionOf: (date) => sessionOfDay(dayOfDate(date)),
  };
}
