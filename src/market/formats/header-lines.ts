import { AssayError } from '../../core/errors.ts';
import { isValues, normalised } from './header.ts';

/** The lines before the first bar. */
export interface HeaderLines {
  /** The header of each field; null if the file has none. */
  readonly headers: readonly string[] | null;
  /** The symbol that each field belongs to, of a file with several symbols side by side; null for a field of all. */
  readonly symbols: readonly (string | null)[];
  /** Line of the headers, or of the first bar where there are none. */
  readonly line: number;
  /** Number of rows before the first bar. */
  readonly rows: number;
  /** Number of these that are neither headers nor anything else that is used. */
  readonly leftOut: number;
}

/** A row of the beginning of a file. */
export interface TextRow {
  readonly fields: readonly string[];
  readonly line: number;
}

const barNames = new Set(['open', 'high', 'low', 'close', 'volume', 'adjclose']);
/** Fewest fields of a line of bars: a time and four prices. */
const fewestFields = 5;
/** Fields of a line that are shown in a message. */
const mostShown = 6;
const tuple = /^\(\s*['"](.*)['"]\s*,\s*['"](.*)['"]\s*\)$/;

/**
 * Finds the headers among the first rows: the last line before the values. Lines before it with fewer fields (a title, an address) are left
 * out. pandas writes two levels of columns on two or three lines, or as tuples: one level names the fields, the other the symbols.
 * @throws AssayError `data_invalid` for two lines of headers that are no such levels.
 */
export function headerLinesOf(rows: readonly TextRow[], path: string): HeaderLines {
  const firstValues = rows.findIndex(({ fields }) => fields.length >= fewestFields && isValues(fields));
  const lead = firstValues < 0 ? rows : rows.slice(0, firstValues);
  const indexLine = lead.at(-1);
  const isIndexName =
    indexLine !== undefined && indexLine.fields.length >= fewestFields && indexLine.fields.slice(1).every((field) => field === '');
  const full = lead.filter(
    ({ fields }) => fields.length >= fewestFields && fields.filter((field) => field !== '').length >= fewestFields - 1,
  );
  const none = { symbols: [], rows: lead.length, line: rows[firstValues]?.line ?? rows[0]?.line ?? 1 };
  if (full.length === 0) return { ...none, headers: null, leftOut: lead.length };
  if (full.length === 1 && !isIndexName) {
    const { fields, line } = full[0]!;
    return { ...none, line, ...levelsOfTuples(fields), leftOut: lead.length - 1 };
  }
  const [first, second] = full;
  if (firstValues < 0 && full.length > 2)
    throw new AssayError(
      'data_invalid',
      `no line has numbers where bars have them; the first below the headers is ${second!.fields.slice(0, mostShown).join(', ')}`,
      { place: `${path}:${second!.line}`, hint: 'write prices and volumes as plain numbers, without a currency or a unit' },
    );
  if (full.length !== 2 || second === undefined)
    throw new AssayError('data_invalid', `${full.length} lines of headers stand before the first bar`, {
      place: `${path}:${full.at(-1)!.line}`,
      hint: 'leave one line of headers, or name the columns by position: --columns datetime,open,high,low,close,volume',
    });
  const [names, symbols] = barNamesIn(first!.fields) >= barNamesIn(second.fields) ? [first!, second] : [second, first!];
  const isLevels = isIndexName || ['', 'price', 'ticker', 'attributes', 'symbol', 'symbols'].includes(normalised(first!.fields[0]!));
  if (!isLevels || barNamesIn(names.fields) < fewestFields - 1)
    throw new AssayError('data_invalid', 'the header line occurs again, with other names', {
      place: `${path}:${second.line}`,
      hint: 'leave one line of headers; two levels of columns are understood as pandas writes them',
    });
  const headers = names.fields.map((name, index) => (index === 0 ? (isIndexName ? indexLine.fields[0]! : 'datetime') : name));
  return {
    ...none,
    line: names.line,
    headers: headers.map((header) => header || 'datetime'),
    symbols: symbols.fields.map((symbol, index) => (index === 0 || symbol === '' ? null : symbol)),
    leftOut: lead.length - 2 - Number(isIndexName),
  };
}

function barNamesIn(fields: readonly string[]): number {
  return fields.filter((field) => barNames.has(normalised(field))).length;
}

/** Splits headers that are tuples of a field and a symbol, in either order. */
function levelsOfTuples(fields: readonly string[]): Pick<HeaderLines, 'headers' | 'symbols'> {
  const pairs = fields.map((field) => tuple.exec(field));
  if (pairs.every((pair) => pair === null)) return { headers: fields, symbols: fields.map(() => null) };
  const named = (position: 1 | 2): number => barNamesIn(pairs.flatMap((pair) => (pair === null ? [] : [pair[position]!])));
  const [name, symbol] = named(1) >= named(2) ? ([1, 2] as const) : ([2, 1] as const);
  return {
    headers: fields.map((field, index) => pairs[index]?.[name] ?? field),
    symbols: pairs.map((pair) => (pair === null || pair[symbol] === '' ? null : pair[symbol]!)),
  };
}
