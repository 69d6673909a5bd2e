import { defineCalendar, type SessionCalendar } from './calendar.ts';
import { datedTable } from './dated-table.ts';
import { globexHours } from './globex-hours.ts';

/**
 * Exceptions of the equity index futures, in New York's time: stops at 13:00 are US holidays on which the futures trade, at 13:15 days on which the
 * stock exchanges close early, at 09:15 Good Fridays with an employment report, at 09:30 days of mourning. Seen in bars: 2023-01-02, 2023-01-16, 2023-02-20, 2023-11-23, 2023-11-24 and 2026-05-25.
 * CME Group announced 2025-01-09. The others equal those of pandas_market_calendars 5.5 (`CME Globex Equity`) but for two kinds, in which
 * it is not followed: 2018-12-05, a day of mourning as 2025-01-09, and the Good Fridays of 2024 and 2025, which had no employment report
 * and were closed. No bars of ours cover these: check them before money depends on them.
 */
const exceptions = datedTable('globex-equity', {
  2016: { closed: '01-01 03-25 12-26', stops: { '13:00': '01-18 02-15 05-30 07-04 09-05 11-24', '13:15': '11-25' } },
  2017: { closed: '01-02 04-14 12-25', stops: { '13:00': '01-16 02-20 05-29 07-04 09-04 11-23', '13:15': '07-03 11-24' } },
  2018: {
    closed: '01-01 03-30 12-25',
    stops: { '09:30': '12-05', '13:00': '01-15 02-19 05-28 07-04 09-03 11-22', '13:15': '07-03 11-23 12-24' },
  },
  2019: { closed: '01-01 04-19 12-25', stops: { '13:00': '01-21 02-18 05-27 07-04 09-02 11-28', '13:15': '07-03 11-29 12-24' } },
  2020: { closed: '01-01 04-10 12-25', stops: { '13:00': '01-20 02-17 05-25 07-03 09-07 11-26', '13:15': '11-27 12-24' } },
  2021: { closed: '01-01 12-24', stops: { '09:15': '04-02', '13:00': '01-18 02-15 05-31 07-05 09-06 11-25', '13:15': '11-26' } },
  2022: { closed: '04-15 12-26', stops: { '13:00': '01-17 02-21 05-30 06-20 07-04 09-05 11-24', '13:15': '11-25' } },
  2023: {
    closed: '01-02 12-25',
    stops: { '09:15': '04-07', '13:00': '01-16 02-20 05-29 06-19 07-04 09-04 11-23', '13:15': '07-03 11-24' },
  },
  2024: { closed: '01-01 03-29 12-25', stops: { '13:00': '01-15 02-19 05-27 06-19 07-04 09-02 11-28', '13:15': '07-03 11-29 12-24' } },
  2025: {
    closed: '01-01 04-18 12-25',
    stops: { '09:30': '01-09', '13:00': '01-20 02-17 05-26 06-19 07-04 09-01 11-27', '13:15': '07-03 11-28 12-24' },
  },
  2026: {
    closed: '01-01 12-25',
    stops: { '09:15': '04-03', '13:00': '01-19 02-16 05-25 06-19 07-03 09-07 11-26', '13:15': '11-27 12-24' },
  },
});

/**
 * CME Globex equity index futures: Sunday 18:00 to Friday 17:00 New York with a break from 17:00 to 18:00. A session is named by the
 * date of the local time plus 6 hours; exceptions come from a dated table.
 */
export const globexEquity: SessionCalendar = defineCalendar({
  ...globexHours(exceptions),
  id: 'globex-equity',
  version: 1,
  sessionsPerYear: 252,
});
