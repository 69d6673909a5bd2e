import { defineCalendar, type SessionCalendar, type SessionHours } from './calendar.ts';
import { isWeekday } from './dates.ts';

const wholeDay: SessionHours = { openMinute: 0, closeMinute: 1440 };

const utcDays = {
  version: 1,
  zone: 'UTC',
  fullSessionMinutes: 1440,
  sessionsPerYear: 365,
  hoursOf: () => wholeDay,
};

/** Markets that never close: one session per UTC date. */
export const crypto: SessionCalendar = defineCalendar({ ...utcDays, id: 'crypto', source: 'open around the clock, cut at midnight UTC' });

/** The calendar of data sets of format 1 that were not US equities: as `crypto`. New data name the calendar of their market. */
export const utcDay: SessionCalendar = defineCalendar({ ...utcDays, id: 'utc-day', source: 'UTC dates, no exceptions' });

/**
 * Foreign exchange: Sunday 17:00 to Friday 17:00 New York, one session per date, each from 17:00 of the evening before. There is no
 * exchange and no common list of holidays: days on which banks are closed are sessions with few bars.
 */
export const forex: SessionCalendar = defineCalendar({
  id: 'forex',
  version: 1,
  source: 'interbank week, Sunday 17:00 to Friday 17:00 New York',
  zone: 'America/New_York',
  dayShiftMinutes: 420,
  fullSessionMinutes: 1440,
  sessionsPerYear: 260,
  hoursOf: (day) => (isWeekday(day) ? { openMinute: -420, closeMinute: 1020 } : null),
});
