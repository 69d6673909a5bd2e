import type { SessionCalendar } from '../../market/calendars/calendar.ts';
import { dateOfDay, dayOfDate } from '../../market/calendars/dates.ts';
import { lastTradeMs } from '../../market/instruments.ts';

/**
 * True if a contract is traded for fewer than `sessions` sessions, this one included, before its last day of trading. A symbol that names no contract of the
 * table does not expire.
 * @param date of the session, "2024-03-08"; its year is that of the contract's single digit.
 */
export function isNearExpiry(symbol: string, date: string, sessions: number, calendar: SessionCalendar): boolean {
  const lastMs = lastTradeMs(symbol, Number(date.slice(0, 4)));
  if (lastMs === null) return false;
  let left = 0;
  const end = Math.floor(lastMs / 86_400_000);
  for (let day = dayOfDate(date); day < end && left < sessions; day++) if (calendar.sessionOf(dateOfDay(day)) !== null) left++;
  return left < sessions;
}
