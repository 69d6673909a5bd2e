import { AssayError } from '../../core/errors.ts';
import { dayMs } from '../local-time.ts';
import { defineCalendar, type SessionCalendar, type SessionHours } from './calendar.ts';
import { dateOfDay, dayOfDate, easterSunday, isWeekday, nthWeekday, weekdayOf } from './dates.ts';

const [sunday, monday, thursday, saturday] = [0, 1, 4, 6];

/** Years in which the rules below hold; each was compared with the published sessions. */
const years = { first: 2004, last: 2028 };

/** Days on which the exchanges were closed besides their holidays: mourning, and a hurricane in 2012. */
const singleClosings = ['2004-06-11', '2007-01-02', '2012-10-29', '2012-10-30', '2018-12-05', '2025-01-09'].map(dayOfDate);

const fullDay: SessionHours = { openMinute: 570, closeMinute: 960 };
const earlyClose: SessionHours = { openMinute: 570, closeMinute: 780 };

/** A fixed date, moved from Saturday to Friday and from Sunday to Monday. */
function observed(year: number, month: number, date: number): number {
  const day = Date.UTC(year, month - 1, date) / dayMs;
  return day + (weekdayOf(day) === saturday ? -1 : weekdayOf(day) === sunday ? 1 : 0);
}

/** New Year on a Saturday is not moved: the last day of a year is a session. */
function newYear(year: number): number {
  const day = Date.UTC(year, 0, 1) / dayMs;
  return weekdayOf(day) === sunday ? day + 1 : day;
}

function holidaysOf(year: number): number[] {
  return [
    newYear(year),
    nthWeekday(year, 1, monday, 3), // Martin Luther King
    nthWeekday(year, 2, monday, 3), // Washington
    easterSunday(year) - 2, // Good Friday
    nthWeekday(year, 5, monday, -1), // Memorial Day
    ...(year >= 2022 ? [observed(year, 6, 19)] : []), // Juneteenth
    observed(year, 7, 4), // Independence Day
    nthWeekday(year, 9, monday, 1), // Labor Day
    nthWeekday(year, 11, thursday, 4), // Thanksgiving
    observed(year, 12, 25), // Christmas
  ];
}

/** The day after Thanksgiving, and the days before Independence Day and Christmas where they fall on Monday to Thursday. */
function earlyClosesOf(year: number): number[] {
  const eves = [Date.UTC(year, 6, 3) / dayMs, Date.UTC(year, 11, 24) / dayMs];
  return [nthWeekday(year, 11, thursday, 4) + 1, ...eves.filter((day) => weekdayOf(day) >= monday && weekdayOf(day) <= thursday)];
}

const allYears = Array.from({ length: years.last - years.first + 1 }, (_, i) => years.first + i);
const closed = new Set([...allYears.flatMap(holidaysOf), ...singleClosings]);
const early = new Set(allYears.flatMap(earlyClosesOf));

/** US stock exchanges: 09:30 to 16:00 New York, holidays and closes at 13:00 by rule, single closings by date. */
export const usEquities: SessionCalendar = defineCalendar({
  id: 'us-equities',
  version: 1,
  source: `NYSE holiday rules ${years.first}-${years.last}, single closings by date`,
  zone: 'America/New_York',
  fullSessionMinutes: 390,
  sessionsPerYear: 252,
  closingAuction: true,
  hoursOf: (day) => {
    const year = new Date(day * dayMs).getUTCFullYear();
    if (year < years.first || year > years.last)
      throw new AssayError('data_invalid', `the calendar us-equities covers ${years.first} to ${years.last}, not ${dateOfDay(day)}`, {
        hint: 'compare its rules with the holidays that the exchange publishes for that year, then extend `years` in src/market/calendars/us-equities.ts',
      });
    if (!isWeekday(day) || closed.has(day)) return null;
    return early.has(day) ? earlyClose : fullDay;
  },
});

/**
 * 09:30 to 16:00 New York on every weekday, without holidays or early closes: how data sets of format 1 were cut, and the hours of
 * generated markets.
 */
export const usHours: SessionCalendar = defineCalendar({
  id: 'us-hours',
  version: 1,
  source: 'regular hours, no exceptions',
  zone: 'America/New_York',
  fullSessionMinutes: 390,
  sessionsPerYear: 252,
  closingAuction: true,
  hoursOf: (day) => (isWeekday(day) ? fullDay : null),
});
