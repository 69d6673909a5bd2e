import { AssayError } from '../../core/errors.ts';
import { ownValue } from '../../core/reserved-keys.ts';
import type { ExtraField } from './extra-fields.ts';
import { type FieldRole, fieldRoles } from './layouts/layout.ts';

/**
 * Accepted headers of each column. Case, spaces, punctuation and a number in front are ignored: "<Open>" and "1. open" are `open`,
 * "Date_Time" is `datetime`.
 */
const aliases = {
  datetime: [
    'datetime',
    'timestamp',
    // Seconds since 1970 need no zone, and a date beside them does.
    'unix',
    'date',
    'time',
    'opentime',
    'ts',
    'timestamputc',
    'datetimeutc',
    'timeutc',
    'dateutc',
    'utctime',
    'gmttime',
    'localtime',
    'windowstart',
    'starttime',
    't',
    'closetime',
    'endtime',
    'index',
    'unnamed0',
  ],
  date: ['date', 'day', 'tradedate', 'dateutc', 'dtyyyymmdd'],
  time: ['time', 'tod', 'timeofday', 'timeutc'],
  open: ['open', 'o', 'openprice'],
  high: ['high', 'h', 'highprice'],
  low: ['low', 'l', 'lowprice'],
  close: ['close', 'c', 'last', 'closeprice'],
  volume: ['volume', 'v', 'vol', 'totalvolume'],
} as const;

/** Headers of a column with the symbol of each bar. */
const symbolAliases = ['symbol', 'ticker', 'sym', 'instrument', 'pair', 'asset', 'rawsymbol'];
/** Headers of a column with the instrument's number, in files without a column of symbols. */
const numberAliases = ['instrumentid'];

type BarColumn = keyof typeof aliases;
const priceColumns = ['open', 'high', 'low', 'close'] as const;

/** Field indices of one symbol's values. */
export interface ValueFields {
  /** The symbol that the header names, of a file with the symbols side by side; else null. */
  readonly symbol: string | null;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Several are added; none if the file has no volume. */
  readonly volume: readonly number[];
}

/** Where the values stand in a row. */
export interface TableFields {
  /** Field indices of the time: one, or a date and a time of day. */
  readonly stamp: readonly number[];
  /** Field index of the symbol (null if the file has no such column). */
  readonly symbol: number | null;
  /** One entry, or one for each symbol of a file with the symbols side by side. */
  readonly values: readonly ValueFields[];
  /** Columns beside the five. */
  readonly extra: readonly ExtraField[];
  /** The header of each field, or `column 3`. */
  readonly names: readonly string[];
}

/** What a user or a layout says about the columns. */
export interface DeclaredColumns {
  /** Headers by column, which take precedence over aliases. */
  readonly names: Readonly<Partial<Record<string, string>>>;
  readonly volume?: 'none' | undefined;
  /** Header, or position counted from 1, of the column with the symbols. */
  readonly symbolColumn?: string | undefined;
}

/** @throws AssayError `usage` for a declared name that is not a column of bars. */
export function checkColumnNames(names: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(names))
    if (!Object.hasOwn(aliases, name))
      throw new AssayError('usage', `${JSON.stringify(name)} is not a column of bars`, {
        hint: `columns: ${Object.keys(aliases).join(', ')}`,
      });
}

/** Columns by position: `datetime,open,high,low,close,volume,-`. @throws AssayError `usage` for a word that is no column. */
export function parseFieldRoles(text: string): readonly FieldRole[] {
  return text.split(',').map((word) => {
    const role = fieldRoles.find((one) => one === word.trim());
    if (role !== undefined) return role;
    throw new AssayError('usage', `${JSON.stringify(word)} is not a column of bars`, { hint: `columns: ${fieldRoles.join(', ')}` });
  });
}

/** Case, white space, punctuation and a number in front do not count. */
export function normalised(header: string): string {
  return header
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .replace(/^\d+(?=[a-z])/, '');
}

/** A proposal of columns by position for rows that have more fields than the header: a date is often followed by its time. */
export function rolesFor(names: readonly string[], n: number): readonly FieldRole[] {
  const known = (role: FieldRole, header: string): boolean =>
    Object.hasOwn(aliases, role) && (aliases[role as BarColumn] as readonly string[]).includes(normalised(header));
  const roles = names.map((header) => fieldRoles.find((role) => known(role, header)) ?? '-');
  const hasDateAlone = roles[0] === 'datetime' && normalised(names[0]!) === 'date' && !roles.includes('time');
  const all: readonly FieldRole[] = hasDateAlone ? ['date', 'time', ...roles.slice(1)] : roles;
  return Array.from({ length: n }, (_, field) => all[field] ?? '-');
}

/** True if the row holds values instead of headers: most of its fields are numbers, or as many as a bar has prices. */
export function isValues(fields: readonly string[]): boolean {
  const filled = fields.filter((field) => field !== '');
  const numbers = filled.filter((field) => /^(?:[+-]?[.\d][\d.,:/\- '\u00a0]*(?:e[+-]?\d+)?|nan)$/i.test(field)).length;
  return numbers * 2 > filled.length || numbers >= priceColumns.length;
}

/** The columns of a file without a header line, by position. */
export function fieldsByPosition(roles: readonly FieldRole[], declared: DeclaredColumns): Omit<TableFields, 'extra'> {
  const names = roles.map((_, index) => `column ${index + 1}`);
  const only = (role: FieldRole): number | null => {
    const [index, second] = roles.flatMap((one, at) => (one === role ? [at] : []));
    if (second !== undefined)
      throw new AssayError('usage', `the column ${role} is named twice`, { hint: 'name each column once, and - for one that is left out' });
    return index ?? null;
  };
  const required = (role: FieldRole): number => {
    const index = only(role);
    if (index !== null) return index;
    throw new AssayError('usage', `the column ${role} is not among ${roles.join(',')}`, {
      hint: 'name the columns by their positions, for example --columns datetime,open,high,low,close,volume; - is left out',
    });
  };
  const [date, time] = [only('date'), only('time')];
  const stamp = date !== null && time !== null ? [date, time] : [only('datetime') ?? date ?? required('datetime')];
  const [open, high, low, close] = priceColumns.map(required) as [number, number, number, number];
  const volume = declared.volume === 'none' ? [] : [required('volume')];
  const symbol = declared.symbolColumn === undefined ? only('symbol') : positionOf(names, declared.symbolColumn, '');
  return { stamp, symbol, names, values: [{ symbol: null, open, high, low, close, volume }] };
}

/**
 * The columns that the headers name.
 * @param headers one per field; `symbols` names the symbol that a field belongs to, where the file holds several side by side.
 * @throws AssayError `data_invalid` for a column that is missing, occurs twice or is used twice.
 */
export function fieldsByName(
  headers: readonly string[],
  symbols: readonly (string | null)[],
  declared: DeclaredColumns,
  place: string,
): Omit<TableFields, 'extra'> {
  refuseRepeated(headers, symbols, place);
  const usedBy = new Map<number, string>();
  const finder = (symbol: string | null) => createFinder(headers, symbols, symbol, declared.names, usedBy, place);
  const shared = finder(null);
  const stamp = shared.stamp();
  const sides = [...new Set(symbols.filter((symbol) => symbol !== null))];
  const values = (sides.length === 0 ? [null] : sides).map((symbol) => {
    const { required, volume } = finder(symbol);
    const [open, high, low, close] = priceColumns.map(required) as [number, number, number, number];
    return { symbol, open, high, low, close, volume: declared.volume === 'none' ? [] : volume() };
  });
  return { stamp, values, names: headers, symbol: symbolField(headers, declared.symbolColumn, usedBy, place) };
}

interface Finder {
  readonly required: (column: BarColumn) => number;
  readonly volume: () => readonly number[];
  readonly stamp: () => readonly number[];
}

function createFinder(
  headers: readonly string[],
  symbols: readonly (string | null)[],
  symbol: string | null,
  names: DeclaredColumns['names'],
  usedBy: Map<number, string>,
  place: string,
): Finder {
  const isOurs = (index: number): boolean => symbols[index] === symbol;
  const allOf = (column: BarColumn): readonly number[] => {
    const header = ownValue(names as Record<string, string>, column);
    if (header !== undefined) return positions(headers, (field, index) => isOurs(index) && field === header);
    const alias = aliases[column].find((name) => headers.some((field, index) => isOurs(index) && normalised(field) === name));
    return alias === undefined ? [] : positions(headers, (field, index) => isOurs(index) && normalised(field) === alias);
  };
  const required = (column: BarColumn): number => {
    const [index, second] = allOf(column);
    if (index === undefined) throw missingColumn(column, headers, names, place);
    const other = usedBy.get(index);
    if (second !== undefined) throw ambiguousColumn(headers[index]!, 'occurs twice in the header line', place);
    if (other !== undefined) throw ambiguousColumn(headers[index]!, `is used both as ${other} and as ${column}`, place);
    usedBy.set(index, column);
    return index;
  };
  /** "Up+Down" stands for two columns, unless one has this header. */
  const volume = (): readonly number[] => {
    const header = ownValue(names as Record<string, string>, 'volume');
    if (header === undefined || headers.includes(header)) return [required('volume')];
    return header.split('+').map((part) => createFinder(headers, symbols, symbol, { volume: part }, usedBy, place).required('volume'));
  };
  const stamp = (): readonly number[] => {
    const [date, time] = [allOf('date')[0], allOf('time')[0]];
    const isSplit =
      ownValue(names as Record<string, string>, 'datetime') === undefined && date !== undefined && time !== undefined && date !== time;
    if (isSplit) return [required('date'), required('time')];
    // pandas writes an index without a name as an empty header.
    const isUnnamedIndex = allOf('datetime').length === 0 && headers[0] === '' && names['datetime'] === undefined;
    return [isUnnamedIndex ? 0 : required('datetime')];
  };
  return { required, volume, stamp };
}

/** A header that occurs twice among the columns of bars: pandas writes the second one as "close.1". */
function refuseRepeated(headers: readonly string[], symbols: readonly (string | null)[], place: string): void {
  const known = new Set<string>(Object.values(aliases).flat());
  const second = headers.find((header, index) => {
    const base = /^(.*)\.\d+$/.exec(header.trim())?.[1];
    return base !== undefined && symbols[index] === null && known.has(normalised(base)) && headers.includes(base);
  });
  if (second !== undefined) throw ambiguousColumn(second, 'repeats another one, as pandas names the second of two equal columns', place);
}

function symbolField(
  headers: readonly string[],
  declared: string | undefined,
  usedBy: ReadonlyMap<number, string>,
  place: string,
): number | null {
  if (declared !== undefined) {
    const index = positionOf(headers, declared, place);
    const other = usedBy.get(index);
    if (other !== undefined) throw ambiguousColumn(headers[index]!, `is used both as ${other} and as the symbol`, place);
    return index;
  }
  const named = (accepted: readonly string[]): number | undefined =>
    positions(headers, (field) => accepted.includes(normalised(field))).find((index) => !usedBy.has(index));
  return named(symbolAliases) ?? named(numberAliases) ?? null;
}

/** The field of a header, or of a position counted from 1. */
function positionOf(headers: readonly string[], header: string, place: string): number {
  const [index, second] = positions(headers, (field) => field === header);
  if (second !== undefined) throw ambiguousColumn(header, 'occurs twice in the header line', place);
  if (index !== undefined) return index;
  const position = /^\d+$/.test(header) ? Number(header) - 1 : -1;
  if (position >= 0 && position < headers.length) return position;
  throw new AssayError('data_invalid', `no column has the header ${JSON.stringify(header)}; found: ${headers.join(', ')}`, {
    ...(place === '' ? {} : { place }),
    hint: 'give the header as in the file, or its position counted from 1: --symbol-column <header>',
  });
}

function positions(headers: readonly string[], isWanted: (header: string, index: number) => boolean): readonly number[] {
  return headers.flatMap((header, index) => (isWanted(header, index) ? [index] : []));
}

function ambiguousColumn(header: string, because: string, place: string): AssayError {
  return new AssayError('data_invalid', `the column ${JSON.stringify(header)} ${because}`, {
    place,
    hint: 'the file needs one column each for time, open, high, low, close and volume; name columns with other headers (--column close=<header>), or all of them by position (--columns datetime,open,high,low,close,volume,-)',
  });
}

function missingColumn(column: BarColumn, headers: readonly string[], names: DeclaredColumns['names'], place: string): AssayError {
  const found = headers.join(', ');
  const wanted = ownValue(names as Record<string, string>, column);
  if (wanted !== undefined)
    return new AssayError('data_invalid', `no column has the header ${JSON.stringify(wanted)}; found: ${found}`, {
      place,
      hint: `give the header of ${column} exactly as in the file: --column ${column}=<header>`,
    });
  const more = column === 'datetime' ? ', or a date and a time column' : '';
  const without = column === 'volume' ? '; if the file has none: --volume none' : '';
  return new AssayError('data_invalid', `the column ${column} is missing; found: ${found}`, {
    place,
    hint: `accepted headers: ${aliases[column].join(', ')}${more}; or name yours: --column ${column}=<header>${without}`,
  });
}
