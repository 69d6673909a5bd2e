import { AssayError } from '../../core/errors.ts';
import { ownValue } from '../../core/reserved-keys.ts';

/** Accepted headers of each column. Case, spaces and punctuation are ignored: "<Open>" is `open`, "Date_Time" is `datetime`. */
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

/** Headers of a column with the symbol of each bar. */
const symbolAliases = ['symbol', 'ticker', 'sym', 'instrument', 'pair', 'asset'];

type CsvColumn = keyof typeof aliases;

export interface CsvHeader {
  /** Field indices of the time: one, or a date and a time of day. */
  readonly stamp: readonly number[];
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Field index of the symbol (null if the file has no such column). */
  readonly symbol: number | null;
}

const separators = [',', ';', '\t', '|'] as const;

/** The separator that occurs most often in the header line. */
export function separatorOf(headerLine: string): string {
  const count = (separator: string): number => headerLine.split(separator).length;
  return separators.reduce((best, separator) => (count(separator) > count(best) ? separator : best));
}

/**
 * Maps columns to field indices.
 * @param declared headers named by the user, which take precedence over aliases.
 * @throws AssayError `data_invalid` for a column that is missing, occurs twice or is used twice, and for a first line of values; `usage`
 * for a declared name that is not a column of bars.
 */
export function resolveHeader(fields: readonly string[], declared: Readonly<Record<string, string>>, place: string): CsvHeader {
  for (const name of Object.keys(declared))
    if (!Object.hasOwn(aliases, name))
      throw new AssayError('usage', `${JSON.stringify(name)} is not a column of bars`, {
        hint: `columns: ${Object.keys(aliases).join(', ')}`,
      });

  if (isValues(fields))
    throw new AssayError('data_invalid', `the file has no header line; it begins with the values ${fields.slice(0, 3).join(', ')}`, {
      place,
      hint: 'add a first line such as datetime,open,high,low,close,volume, in the order of the columns',
    });
  const normalised = fields.map(normalise);
  const allOf = (column: CsvColumn): readonly number[] => {
    const header = ownValue(declared, column);
    if (header !== undefined) return positions(fields, (field) => field.trim() === header);
    const alias = aliases[column].find((name) => normalised.includes(name));
    return alias === undefined ? [] : positions(normalised, (field) => field === alias);
  };
  const usedBy = new Map<number, CsvColumn>();
  const indexOf = (column: CsvColumn): number => {
    const [index, second] = allOf(column);
    if (index === undefined) throw missingColumn(column, fields, declared, place);
    const other = usedBy.get(index);
    if (second !== undefined || other !== undefined)
      throw ambiguousColumn(
        fields[index]!,
        other === undefined ? `occurs twice in the header line` : `is used both as ${other} and as ${column}`,
        place,
      );
    usedBy.set(index, column);
    return index;
  };

  const [date, time] = [allOf('date')[0], allOf('time')[0]];
  const isSplit = ownValue(declared, 'datetime') === undefined && date !== undefined && time !== undefined && date !== time;
  const columns = {
    stamp: isSplit ? [indexOf('date'), indexOf('time')] : [indexOf('datetime')],
    open: indexOf('open'),
    high: indexOf('high'),
    low: indexOf('low'),
    close: indexOf('close'),
    volume: indexOf('volume'),
  };
  // Last: a column that is declared to hold something else is no symbol.
  const symbol = positions(normalised, (field) => symbolAliases.includes(field)).find((index) => !usedBy.has(index));
  return { ...columns, symbol: symbol ?? null };
}

/** True if the line holds values instead of headers: most of its fields begin with a digit. */
function isValues(fields: readonly string[]): boolean {
  return fields.filter((field) => /^\s*[+-]?[.\d]/.test(field)).length * 2 > fields.length;
}

function positions(fields: readonly string[], isWanted: (field: string) => boolean): readonly number[] {
  return fields.flatMap((field, index) => (isWanted(field) ? [index] : []));
}

function ambiguousColumn(header: string, because: string, place: string): AssayError {
  return new AssayError('data_invalid', `the column ${JSON.stringify(header.trim())} ${because}`, {
    place,
    hint: 'the file needs one column each for time, open, high, low, close and volume; name columns with other headers: --column close=<header>',
  });
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
  const wanted = ownValue(declared, column);
  if (wanted !== undefined)
    return new AssayError('data_invalid', `no column has the header ${JSON.stringify(wanted)}; found: ${found}`, {
      place,
      hint: `give the header of ${column} exactly as in the file: --column ${column}=<header>`,
    });
  return new AssayError('data_invalid', `the column ${column} is missing; found: ${found}`, {
    place,
    hint: `accepted headers: ${aliases[column].join(', ')}${column === 'datetime' ? ', or a date and a time column' : ''}; or name yours: --column ${column}=<header>`,
  });
}
