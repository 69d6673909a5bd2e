import { AssayError } from '../../core/errors.ts';
import { dayMs } from '../local-time.ts';
import { defineCalendar, type SessionCalendar } from './calendar.ts';
import { dateOfDay, easterSunday, isWeekday, nthWeekday } from './dates.ts';

/** Years in which hours and rules below hold; the closed days of each were compared with Eurex's trading calendar. */
const years = { first: 2019, last: 2026 };
const sunday = 0;
const closeMinute = 1320;
/** 00:10 UTC, before daylight saving and in it. */
const openMinutes = { winter: 70, summer: 130 };

/** Days on which no derivative is traded; a holiday on a weekend is not moved. Eurex has no early closes: the eves are closed. */
function isClosed(day: number, year: number): boolean {
  const easter = easterSunday(year);
  return (
    day === easter - 2 || day === easter + 1 || ['01-01', '05-01', '12-24', '12-25', '12-26', '12-31'].includes(dateOfDay(day).slice(5))
  );
}

/**
 * Eurex's benchmark futures (FESX, FDAX, FGBL and their kin): 01:10 to 22:00 Berlin, in summer from 02:10, since their trading hours were
 * extended on 2018-12-10. A year has 252 to 256 sessions.
 */
export const eurex: SessionCalendar = defineCalendar({
  id: 'eurex',
  version: 1,
  source: `Eurex trading hours, and its closed days by rule ${years.first}-${years.last}`,
  zone: 'Europe/Berlin',
  fullSessionMinutes: closeMinute - openMinutes.winter,
  sessionsPerYear: 254,
  hoursOf: (day) => {
    const year = new Date(day * dayMs).getUTCFullYear();
    if (year < years.first || year > years.last)
      throw new AssayError('data_invalid', `the calendar eurex covers ${years.first} to ${years.last}, not ${dateOfDay(day)}`, {
        hint: `compare the year ${year} with Eurex's trading calendar and hours, and extend src/market/calendars/eurex.ts; for a first look take --calendar from-data`,
      });
    if (!isWeekday(day) || isClosed(day, year)) return null;
    const isSummer = day >= nthWeekday(year, 3, sunday, -1) && day < nthWeekday(year, 10, sunday, -1);
    return { openMinute: isSummer ? openMinutes.summer : openMinutes.winter, closeMinute };
  },
});
