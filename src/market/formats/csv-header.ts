import { AssayError } from '../../core/errors.ts';

/** Accepted headers of each column. Case, spaces and punctuation do not count: "<Open>" is `open`, "Date_Time" is `datetime`. */
const aliases = {
  datetime: ['datetime', 'timestamp', 'date', 'time', 'opentime', 'ts'],
  date: ['date', 'day'],
  time: ['time', 'tod', 'timeofday'],
  open: ['open', 'o'],
  high: ['high', 'h'],
  low: ['low', 'l'],
  close: ['close', 'c', 'last'],
  volume: ['volume', 'v', 'vol'],
} as const;

type CsvColumn = keyof typeof aliases;

export interface CsvHeader {
  /** Where the time stands: one field, or a date and a time of day. */
  readonly stamp: readonly number[];
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

const separators = [',', ';', '\t', '|'] as const;

/** The separator that occurs most often in the header line. */
export function separatorOf(headerLine: string): string {
  const count = (separator: string): number => headerLine.split(separator).length;
  return separators.reduce((best, separator) => (count(separator) > count(best) ? separator : best));
}

/**
 * Which field holds what.
 * @param declared headers that the user named, taken before any alias.
 * @throws data_invalid for a column that is not found; usage for a declared name that is no column of bars.
 */
export function resolveHeader(fields: readonly string[], declared: Readonly<Record<string, string>>, place: string): CsvHeader {
  for (const name of Object.keys(declared))
    if (!Object.hasOwn(aliases, name))
      throw new AssayError('usage', `${JSON.stringify(name)} is no column of bars`, {
        hint: `columns: ${Object.keys(aliases).join(', ')}`,
      });

  const normalised = fields.map(normalise);
  const find = (column: CsvColumn): number => {
    const header = declared[column];
    if (header !== undefined) return fields.findIndex((field) => field.trim() === header);
    const alias = aliases[column].find((name) => normalised.includes(name));
    return alias === undefined ? -1 : normalised.indexOf(alias);
  };
  const indexOf = (column: CsvColumn): number => {
    const index = find(column);
    if (index < 0) throw missingColumn(column, fields, declared, place);
    return index;
  };

  const date = find('date');
  const time = find('time');
  const isSplit = declared['datetime'] === undefined && date >= 0 && time >= 0 && date !== time;
  return {
    stamp: isSplit ? [date, time] : [indexOf('datetime')],
    open: indexOf('open'),
    high: indexOf('high'),
    low: indexOf('low'),
    close: indexOf('close'),
    volume: indexOf('volume'),
  };
}

function normalise(header: string): string {
  return header.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

function missingColumn(
  column: CsvColumn,
  fields: readonly string[],
  declared: Readonly<Record<string, string>>,
  place: string,
): AssayError {
  const found = fields.map((field) => field.trim()).join(', ');
  const wanted = declared[column];
  if (wanted !== undefined)
    return new AssayError('data_invalid', `no column is headed ${JSON.stringify(wanted)}; found: ${found}`, {
      place,
      hint: `name the header of ${column} as it stands in the file: --column ${column}=<header>`,
    });
  return new AssayError('data_invalid', `the column ${column} is missing; found: ${found}`, {
    place,
    hint: `accepted headers: ${aliases[column].join(', ')}${column === 'datetime' ? ', or a date and a time column' : ''}; or name yours: --column ${column}=<header>`,
  });
}
