import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { dateOfDay, dayOfDate, isWeekday } from '../../src/market/calendars/dates.ts';
import { globexEquity } from '../../src/market/calendars/globex-equity.ts';
import { usEquities } from '../../src/market/calendars/us-equities.ts';
import { minuteMs, zoneClock } from '../../src/market/local-time.ts';
import { sharedDataFile } from '../fixtures/shared-data.ts';

interface TradingDay {
  readonly date: string;
  /** New York wall clock of the bars' starts, "2023-11-19 18:00". */
  readonly firstBar: string;
  readonly lastBar: string;
  readonly bars: number;
}

export interface CalendarGolden {
  readonly usEquities?: {
    readonly from: string;
    readonly to: string;
    readonly sessions: number;
    readonly weekdaysClosed: readonly string[];
    readonly closesAt13: readonly string[];
    readonly hours: readonly { readonly date: string; readonly open: string; readonly close: string }[];
  };
  /** What stored minute bars say, by trading day. */
  readonly globexTape?: readonly { readonly file: string; readonly tradingDays: readonly TradingDay[] }[];
}

export function checkCalendar({ usEquities: us, globexTape = [] }: CalendarGolden): readonly string[] {
  return [...(us === undefined ? [] : checkUsEquities(us)), ...globexTape.flatMap(checkTape)];
}

function checkUsEquities(golden: NonNullable<CalendarGolden['usEquities']>): readonly string[] {
  const dates = Array.from({ length: dayOfDate(golden.to) - dayOfDate(golden.from) + 1 }, (_, i) => dayOfDate(golden.from) + i);
  const sessions = dates.map((day) => usEquities.sessionOf(dateOfDay(day)));
  const closed = dates.filter((day, i) => isWeekday(day) && sessions[i] === null).map(dateOfDay);
  const early = sessions.filter((session) => session !== null && session.closeMs - session.openMs === 210 * minuteMs);
  return [
    ...differs('sessions', sessions.filter((session) => session !== null).length, golden.sessions),
    ...differs('closed weekdays', closed.join(' '), golden.weekdaysClosed.join(' ')),
    ...differs('closes at 13:00', early.map((session) => session!.date).join(' '), golden.closesAt13.join(' ')),
    ...golden.hours.flatMap(({ date, open, close }) => [
      ...differs(`open of ${date}`, usEquities.sessionOf(date)?.openMs, Date.parse(open)),
      ...differs(`close of ${date}`, usEquities.sessionOf(date)?.closeMs, Date.parse(close)),
    ]),
  ];
}

/** Compares the calendar with what a tape was said to hold, and with the tape itself where it is at hand. */
function checkTape({ file, tradingDays }: NonNullable<CalendarGolden['globexTape']>[number]): readonly string[] {
  const clock = zoneClock('America/New_York');
  const utcMsOf = (text: string): number => clock.utcMsOf(Date.parse(`${text.replace(' ', 'T')}Z`))!;
  const faults = tradingDays.flatMap(({ date, firstBar, lastBar }) => [
    ...differs(`session of ${firstBar}`, globexEquity.sessionAt(utcMsOf(firstBar))?.date, date),
    ...differs(`session of ${lastBar}`, globexEquity.sessionAt(utcMsOf(lastBar))?.date, date),
  ]);
  const path = sharedDataFile(file);
  if (!existsSync(path)) return faults;
  const stamps = gunzipSync(readFileSync(path)).toString('utf8').split('\n').slice(1).filter(Boolean);
  const found = new Map<string, { firstBar: string; lastBar: string; bars: number }>();
  for (const line of stamps) {
    const stamp = line.slice(0, 16);
    const date = globexEquity.sessionAt(utcMsOf(stamp))?.date;
    if (date === undefined) faults.push(`${file}: the bar at ${stamp} lies outside every session`);
    else found.set(date, { firstBar: found.get(date)?.firstBar ?? stamp, lastBar: stamp, bars: (found.get(date)?.bars ?? 0) + 1 });
  }
  const read = [...found].map(([date, day]) => ({ date, ...day }));
  return [...faults, ...differs(`${file}: trading days`, JSON.stringify(read), JSON.stringify(tradingDays))];
}

function differs<T>(what: string, actual: T, expected: T): readonly string[] {
  return actual === expected ? [] : [`${what}: ${String(actual)}, not ${String(expected)}`];
}
