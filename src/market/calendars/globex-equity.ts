import { AssayError } from '../../core/errors.ts';
import { dayMs } from '../local-time.ts';
import { defineCalendar, type SessionCalendar } from './calendar.ts';
import { dateOfDay, dayOfDate, isWeekday } from './dates.ts';

/** Trading dates of a year that are no full session, as month-day, by what happens on them. Times are New York's. */
interface Exceptions {
  /** No session; the next one opens at 18:00. */
  readonly closed: string;
  /** Trading stops at 13:00: US holidays on which the futures trade. */
  readonly at1300: string;
  /** Trading stops at 13:15: days on which the stock exchanges close early. */
  readonly at1315: string;
  /** Trading stops at 09:15: Good Fridays with an employment report. */
  readonly at0915?: string;
  /** Trading stops at 09:30: days of mourning. */
  readonly at0930?: string;
}

/**
 * Exceptions of the equity index futures. Seen in bars: 2023-01-02, 2023-01-16, 2023-02-20, 2023-11-23, 2023-11-24 and 2026-05-25.
 * CME Group announced 2025-01-09. The others equal those of pandas_market_calendars 5.5 (`CME Globex Equity`) but for two kinds, in which
 * it is not followed: 2018-12-05, a day of mourning as 2025-01-09, and the Good Fridays of 2024 and 2025, which had no employment report
 * and were closed. No bars of ours cover these: check them before money depends on them.
 */
const exceptions: Readonly<Record<number, Exceptions>> = {
  2016: { closed: '01-01 03-25 12-26', at1300: '01-18 02-15 05-30 07-04 09-05 11-24', at1315: '11-25' },
  2017: { closed: '01-02 04-14 12-25', at1300: '01-16 02-20 05-29 07-04 09-04 11-23', at1315: '07-03 11-24' },
  2018: { closed: '01-01 03-30 12-25', at1300: '01-15 02-19 05-28 07-04 09-03 11-22', at1315: '07-03 11-23 12-24', at0930: '12-05' },
  2019: { closed: '01-01 04-19 12-25', at1300: '01-21 02-18 05-27 07-04 09-02 11-28', at1315: '07-03 11-29 12-24' },
  2020: { closed: '01-01 04-10 12-25', at1300: '01-20 02-17 05-25 07-03 09-07 11-26', at1315: '11-27 12-24' },
  2021: { closed: '01-01 12-24', at1300: '01-18 02-15 05-31 07-05 09-06 11-25', at1315: '11-26', at0915: '04-02' },
  2022: { closed: '04-15 12-26', at1300: '01-17 02-21 05-30 06-20 07-04 09-05 11-24', at1315: '11-25' },
  2023: { closed: '01-02 12-25', at1300: '01-16 02-20 05-29 06-19 07-04 09-04 11-23', at1315: '07-03 11-24', at0915: '04-07' },
  2024: { closed: '01-01 03-29 12-25', at1300: '01-15 02-19 05-27 06-19 07-04 09-02 11-28', at1315: '07-03 11-29 12-24' },
  2025: {
    closed: '01-01 04-18 12-25',
    at1300: '01-20 02-17 05-26 06-19 07-04 09-01 11-27',
    at1315: '07-03 11-28 12-24',
    at0930: '01-09',
  },
  2026: { closed: '01-01 12-25', at1300: '01-19 02-16 05-25 06-19 07-03 09-07 11-26', at1315: '11-27 12-24', at0915: '04-03' },
};

/** Minute of New York's day at which trading stops on each exceptional date (null: closed). */
const closeOf = new Map(
  Object.entries(exceptions).flatMap(([year, { closed, at1300, at1315, at0915 = '', at0930 = '' }]) =>
    (
      [
        [closed, null],
        [at1300, 780],
        [at1315, 795],
        [at0915, 555],
        [at0930, 570],
      ] as const
    ).flatMap(([dates, minute]) =>
      dates
        .split(' ')
        .filter((date) => date !== '')
        .map((date) => [dayOfDate(`${year}-${date}`), minute] as const),
    ),
  ),
);

const openMinute = -360;
const closeMinute = 1020;
const knownYears = Object.keys(exceptions);

/**
 * CME Globex equity index futures: Sunday 18:00 to Friday 17:00 New York with a break from 17:00 to 18:00. A session is named by the
 * date of the local time plus 6 hours; exceptions come from a dated table.
 */
export const globexEquity: SessionCalendar = defineCalendar({
  id: 'globex-equity',
  version: 1,
  source: `dated table of CME Group's holidays ${knownYears[0]}-${knownYears.at(-1)}`,
  zone: 'America/New_York',
  dayShiftMinutes: -openMinute,
  fullSessionMinutes: closeMinute - openMinute,
  sessionsPerYear: 252,
  hoursOf: (day) => {
    const year = new Date(day * dayMs).getUTCFullYear();
    if (exceptions[year] === undefined)
      throw new AssayError(
        'data_invalid',
        `the calendar globex-equity covers ${knownYears[0]} to ${knownYears.at(-1)}, not ${dateOfDay(day)}`,
        {
          hint: `add the year ${year} to the table in src/market/calendars/globex-equity.ts: its closed days and early closes, from CME Group's holiday schedule`,
        },
      );
    const close = closeOf.get(day);
    if (!isWeekday(day) || close === null) return null;
    return { openMinute, closeMinute: close ?? closeMinute };
  },
});
