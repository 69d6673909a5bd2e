import { defineCalendar, type SessionCalendar } from './calendar.ts';
import { datedTable } from './dated-table.ts';
import { globexHours } from './globex-hours.ts';

/**
 * Exceptions of the currency futures, in New York's time. Until 2021 they stopped at 13:00 on US holidays as the index futures do; since 2022
 * they trade those days whole, but for Independence Day 2025 and two in 2026. Stops at 13:15, 13:45 and 14:45 are the days after Thanksgiving and
 * before Christmas, at 11:15 Good Fridays with an employment report. From CME Group's holiday schedules as two collections have them
 * (exchange-hours-rs, whose rows name the exchange's document; pandas_market_calendars 5.5). Where they differ (Good Friday 2024 and 2025,
 * 2024-12-24, 2025 and 2026) the one with documents is followed; 2023-04-07 stands in the other alone. Seen in bars: January 2024, with a whole session
 * on the 15th. The Saturday sessions of 2026-06-20 and 2026-07-04 are in no session.
 */
const exceptions = datedTable('globex-fx', {
  2016: { closed: '01-01 03-25 12-26', stops: { '13:00': '01-18 02-15 05-30 07-04 09-05 11-24', '13:15': '11-25' } },
  2017: { closed: '01-02 04-14 12-25', stops: { '13:00': '01-16 02-20 05-29 07-04 09-04 11-23', '13:15': '11-24' } },
  2018: { closed: '01-01 03-30 12-25', stops: { '13:00': '01-15 02-19 05-28 07-04 09-03 11-22', '13:15': '11-23 12-24' } },
  2019: { closed: '01-01 04-19 12-25', stops: { '13:00': '01-21 02-18 05-27 07-04 09-02 11-28', '13:15': '11-29 12-24' } },
  2020: { closed: '01-01 04-10 12-25', stops: { '13:00': '01-20 02-17 05-25 07-03 09-07 11-26', '13:15': '11-27 12-24' } },
  2021: { closed: '01-01 12-24', stops: { '11:15': '04-02', '13:00': '01-18 02-15 05-31 07-05 09-06 11-25', '13:15': '11-26' } },
  2022: { closed: '04-15 12-26', stops: { '13:15': '11-25' } },
  2023: { closed: '01-02 12-25', stops: { '11:15': '04-07', '13:15': '11-24' } },
  2024: { closed: '01-01 03-29 12-25', stops: { '13:15': '11-29', '13:45': '12-24' } },
  2025: { closed: '01-01 04-18 12-25', stops: { '13:00': '07-04', '13:45': '12-24', '14:45': '11-28' } },
  2026: { closed: '01-01 12-25', stops: { '11:15': '04-03', '13:00': '06-19 07-03', '13:45': '12-24', '14:45': '11-27' } },
});

/** CME Globex currency futures (6E, 6B, 6J, ...): the hours of the index futures with fewer exceptions. */
export const globexFx: SessionCalendar = defineCalendar({
  ...globexHours(exceptions),
  id: 'globex-fx',
  version: 1,
  sessionsPerYear: 258,
});
