import { AssayError } from '../../core/errors.ts';
import { dayMs } from '../local-time.ts';
import { dateOfDay, dayOfDate } from './dates.ts';

/** Trading dates of a year that are no full session, as month-day: "01-01 12-25". */
export interface YearExceptions {
  /** No session. */
  readonly closed: string;
  /** Days on which trading stops early, by the time of the local clock: { '13:00': '01-15 02-19' }. */
  readonly stops: Readonly<Record<string, string>>;
}

/** A table of exceptions year by year, with the first and the last. */
export interface DatedTable {
  readonly years: string;
  /**
   * Minute of the local day at which trading stops on a date (null: closed; undefined: a full session).
   * @throws AssayError `data_invalid` for a year that the table does not have, saying where to add it.
   */
  readonly closeOf: (day: number) => number | null | undefined;
}

export function datedTable(id: string, table: Readonly<Record<number, YearExceptions>>): DatedTable {
  const minutes = new Map<number, number | null>();
  for (const [year, { closed, stops }] of Object.entries(table)) {
    const daysOf = (dates: string): number[] => dates.split(' ').map((date) => dayOfDate(`${year}-${date}`));
    for (const day of daysOf(closed)) minutes.set(day, null);
    for (const [time, dates] of Object.entries(stops)) {
      const [hour, minute] = time.split(':').map(Number) as [number, number];
      for (const day of daysOf(dates)) minutes.set(day, 60 * hour + minute);
    }
  }
  const known = Object.keys(table);
  const years = `${known[0]} to ${known.at(-1)}`;
  return {
    years,
    closeOf: (day) => {
      const year = new Date(day * dayMs).getUTCFullYear();
      if (table[year] !== undefined) return minutes.get(day);
      throw new AssayError('data_invalid', `the calendar ${id} covers ${years}, not ${dateOfDay(day)}`, {
        hint: `add the year ${year} to the table in src/market/calendars/${id}.ts: its closed days and early closes, from CME Group's holiday schedule`,
      });
    },
  };
}
