import type { CalendarRules } from './calendar.ts';
import type { DatedTable } from './dated-table.ts';
import { isWeekday } from './dates.ts';

const openMinute = -360;
const closeMinute = 1020;

/** Hours of CME Globex: 18:00 on the evening before to 17:00 New York, on weekdays, but for the exceptions of a product group. */
export function globexHours({ years, closeOf }: DatedTable): Omit<CalendarRules, 'id' | 'version' | 'sessionsPerYear'> {
  return {
    source: `dated table of CME Group's holidays ${years.replace(' to ', '-')}`,
    zone: 'America/New_York',
    dayShiftMinutes: -openMinute,
    fullSessionMinutes: closeMinute - openMinute,
    hoursOf: (day) => {
      const close = closeOf(day);
      return !isWeekday(day) || close === null ? null : { openMinute, closeMinute: close ?? closeMinute };
    },
  };
}
