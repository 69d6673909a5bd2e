import { AssayError, messageOf } from '../../core/errors.ts';
import { normalised } from './header.ts';

/** A table as the pieces of a text, and whether it is one page of several. */
export interface TableText {
  readonly pieces: AsyncIterable<Buffer>;
  /** True if a JSON page names a next one. Known when the pieces have been read. */
  readonly continues: () => boolean;
}

/** JSON is parsed as a whole. */
const mostJsonBytes = 512 * 2 ** 20;
/** Fewest values of a record: a time and four prices. */
const fewestValues = 5;
const symbolKeys = ['symbol', 'ticker', 's'];
const nextKeys = ['next_url', 'next_page_token', 'nextpagetoken'];

type Scalar = string | number | boolean | null;
/** Records of one symbol; the symbol is null where nothing names it. */
interface Records {
  readonly symbol: string | null;
  /** Null for records that are lists. */
  readonly keys: readonly string[] | null;
  readonly rows: readonly (readonly Scalar[])[];
}

/**
 * Passes a table on as it is, and turns JSON into one: pages of Polygon, Alpaca and Binance, and any other document with a list of records,
 * lists or columns of equal length. Records count as lines, behind a line of headers.
 * @throws AssayError `data_invalid` for JSON that cannot be parsed or holds no such list.
 */
export function asTable(text: AsyncIterable<Buffer>, path: string): TableText {
  let hasNext = false;
  async function* pieces(): AsyncGenerator<Buffer> {
    const held: Buffer[] = [];
    let bytes = 0;
    let isJson: boolean | null = null;
    for await (const piece of text) {
      isJson ??= startsJson(piece);
      // White space in front is empty lines of a table, whatever follows.
      if (isJson !== true) {
        yield piece;
        continue;
      }
      held.push(piece);
      bytes += piece.length;
      if (bytes > mostJsonBytes)
        throw new AssayError('data_invalid', `the JSON is longer than ${mostJsonBytes} bytes`, {
          place: path,
          hint: 'import pages one by one, or CSV',
        });
    }
    if (isJson !== true) return;
    const documents = parseDocuments(Buffer.concat(held).toString('utf8'), path);
    hasNext = documents.some(namesNext);
    yield* tableOf(documents, path);
  }
  return { pieces: pieces(), continues: () => hasNext };
}

/** True if the text begins as JSON does; null if nothing but white space has come. */
function startsJson(piece: Buffer): boolean | null {
  const first = /\S/.exec(piece.toString('latin1'))?.[0];
  return first === undefined ? null : first === '{' || first === '[';
}

/** The document, or one per line. Whole numbers that a double does not hold exactly are kept as text. */
function parseDocuments(text: string, path: string): readonly unknown[] {
  const parse = (json: string): unknown => {
    try {
      return JSON.parse(json.replaceAll(/([:[,]\s*)(\d{16,})(?=\s*[,\]}])/g, '$1"$2"'));
    } catch {
      return JSON.parse(json);
    }
  };
  try {
    return [parse(text)];
  } catch (cause) {
    try {
      const lines = text.split('\n').filter((line) => line.trim() !== '');
      if (lines.length > 1) return lines.map(parse);
    } catch {
      // The error of the whole text says more.
    }
    throw new AssayError('data_invalid', `cannot parse the JSON: ${messageOf(cause)}`, {
      place: path,
      hint: 'the file is truncated or damaged',
      cause,
    });
  }
}

function namesNext(document: unknown): boolean {
  return (
    isObject(document) &&
    Object.entries(document).some(([key, value]) => nextKeys.includes(key.toLowerCase()) && value !== null && value !== '')
  );
}

function* tableOf(documents: readonly unknown[], path: string): Generator<Buffer> {
  const isLines = documents.length > 1 && documents.every(isObject);
  const found = isLines ? recordsOf(documents, null) : documents.flatMap((document) => recordsIn(document, null, 0));
  const [first] = found;
  if (first === undefined)
    throw new AssayError('data_invalid', 'the JSON holds no list of bars', {
      place: path,
      hint: 'a list of records with a time, open, high, low, close and volume is expected',
    });
  const hasSymbols = found.some(({ symbol }) => symbol !== null);
  if (first.keys !== null) yield lineOf([...(hasSymbols ? ['symbol'] : []), ...first.keys]);
  for (const { symbol, keys, rows } of found) {
    if (keys?.join() !== first.keys?.join())
      throw new AssayError('data_invalid', 'the JSON holds lists of records with different members', {
        place: path,
        hint: 'import one list at a time',
      });
    for (const row of rows) yield lineOf(hasSymbols ? [symbol, ...row] : row);
  }
}

/** The lists of records in a document: at its top, in a member, or in a member's members, which then name the symbols. */
function recordsIn(value: unknown, symbol: string | null, depth: number): readonly Records[] {
  if (Array.isArray(value)) return recordsOf(value, symbol);
  if (!isObject(value)) return [];
  const columns = columnsOf(value, symbol);
  if (columns !== null) return [columns];
  if (depth > 2) return [];
  const named = Object.entries(value).find(
    ([key, member]) => symbolKeys.includes(normalised(key)) && typeof member === 'string' && depth === 0,
  )?.[1];
  return Object.entries(value).flatMap(([key, member]) =>
    recordsIn(member, depth === 0 ? ((named as string | undefined) ?? null) : (symbol ?? key), depth + 1),
  );
}

function recordsOf(list: readonly unknown[], symbol: string | null): readonly Records[] {
  const [first] = list;
  if (Array.isArray(first) && first.length >= fewestValues && list.every((row) => Array.isArray(row) && row.every(isScalar)))
    return [{ symbol, keys: null, rows: list as Scalar[][] }];
  if (!isObject(first) || !list.every(isObject)) return [];
  const keys = Object.keys(first).filter((key) => isScalar(first[key]));
  if (keys.length < fewestValues) return [];
  return [{ symbol, keys, rows: list.map((record) => keys.map((key) => (isScalar(record[key]) ? record[key] : null))) }];
}

/** Columns of equal length: { t: [...], o: [...], ... }. */
function columnsOf(value: Readonly<Record<string, unknown>>, symbol: string | null): Records | null {
  const columns = Object.entries(value).filter(
    (entry): entry is [string, Scalar[]] => Array.isArray(entry[1]) && entry[1].length > 0 && entry[1].every(isScalar),
  );
  const n = columns[0]?.[1].length ?? 0;
  if (columns.length < fewestValues || columns.some(([, list]) => list.length !== n)) return null;
  return { symbol, keys: columns.map(([key]) => key), rows: Array.from({ length: n }, (_, row) => columns.map(([, list]) => list[row]!)) };
}

function lineOf(values: readonly (Scalar | undefined)[]): Buffer {
  const fields = values.map((value) => {
    const text = value === null || value === undefined ? '' : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return Buffer.from(`${fields.join(',')}\n`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
