import { faultOf } from '../formats/parquet/as-text.ts';
import { type ColumnTexts, columnTexts } from '../formats/parquet/column-texts.ts';
import { ParquetFault } from '../formats/parquet/fault.ts';
import type { RowGroup } from '../formats/parquet/metadata.ts';
import { type OpenParquet, openParquet } from '../formats/parquet/open.ts';
import { readPages } from '../formats/parquet/pages.ts';
import { encodeHeader, type SymbolInterval } from './header.ts';
import type { Schema } from './kinds.ts';
import type { Layout } from './layout.ts';
import { layouts } from './records.ts';
import { dayAfter, dayOf, nsOf, textSetter } from './text-fields.ts';

/** Schemas with events or quotes, by record type. A file of record type 1 with trades alone is `tbbo`. */
const schemaOfType: ReadonlyMap<number, Schema> = new Map([
  [0x00, 'trades'],
  [0x01, 'mbp-1'],
  [0x0a, 'mbp-10'],
  [0xa0, 'mbo'],
  [0xb1, 'cmbp-1'],
  [0xc0, 'cbbo-1s'],
  [0xc1, 'cbbo-1m'],
  [0xc2, 'tcbbo'],
  [0xc3, 'bbo-1s'],
  [0xc4, 'bbo-1m'],
]);

/** Fields that nothing is computed from: 0 in files without them. */
const dispensable = /^(publisher_id|depth|ts_in_delta|sequence|channel_id|(bid|ask)_(ct|pb)_\d\d)$/;

/**
 * True for a Parquet file with the columns of Databento's events or quotes, which {@link parquetAsDbn} reads; bars are not among them. False for a
 * file that cannot be read: its other reader says why.
 */
export async function holdsRecords(path: string): Promise<boolean> {
  try {
    const { file, metadata } = await openParquet(path);
    await file.close();
    const names = new Set(metadata.columns.map(({ name }) => name));
    return names.has('rtype') && names.has('instrument_id') && (names.has('action') || names.has('bid_px_00'));
  } catch {
    return false;
  }
}

/**
 * Reads Databento's events or quotes in a Parquet file as the bytes of a DBN file, so that whatever reads DBN reads it: books, snapshots,
 * quotes. Prices are decimal, or whole numbers of 1e-9; a null is undefined. The file is read twice: first for its symbols and record type.
 * @param maxBytes limit of what the pages unpack to, in each reading
 * @throws AssayError `not_found`; `data_invalid` for a damaged file, one of other columns or of several record types.
 */
export async function* parquetAsDbn(path: string, maxBytes: number): AsyncGenerator<Uint8Array> {
  try {
    const opened = await openParquet(path);
    try {
      const seen = await inspect(opened, maxBytes);
      const layout = layouts.find(({ rtypes, versions }) => rtypes.includes(seen.rtype) && versions.endsWith('3'))!;
      yield headerOf(seen);
      yield* records(opened, layout, seen.rtype, maxBytes);
    } finally {
      await opened.file.close();
    }
  } catch (cause) {
    throw faultOf(path, cause);
  }
}

interface Seen {
  readonly rtype: number;
  readonly isTradesOnly: boolean;
  /** By symbol and instrument, the first and last day on which it occurs. */
  readonly uses: readonly { readonly symbol: string; readonly id: string; readonly first: string; readonly last: string }[];
  readonly firstNs: bigint;
}

async function inspect(opened: OpenParquet, maxBytes: number): Promise<Seen> {
  const names = opened.metadata.columns.map(({ name }) => name);
  const time = ['ts_recv', 'ts_event'].find((name) => names.includes(name));
  if (time === undefined) throw lacking('ts_recv');
  const optional = ['symbol', 'action'].filter((name) => names.includes(name));
  const uses = new Map<string, { symbol: string; id: string; first: string; last: string }>();
  const rtypes = new Set<string>();
  let isTradesOnly = true;
  let first = '';
  await eachRow(opened, ['rtype', 'instrument_id', time, ...optional], maxBytes, ([rtype, id, at, ...more]) => {
    rtypes.add(rtype!);
    const symbol = optional.includes('symbol') ? unquoted(more[0]!) : '';
    if (optional.includes('action') && more.at(-1) !== 'T') isTradesOnly = false;
    if (first === '' && at !== '') first = at!;
    const day = dayOf(at!);
    const key = `${id} ${symbol}`;
    const use = uses.get(key);
    if (use === undefined) uses.set(key, { symbol, id: id!, first: day, last: day });
    else if (day !== '') use.last = day;
  });
  const [rtype, ...others] = [...rtypes].map(Number);
  if (rtype === undefined) throw new ParquetFault('it has no rows');
  if (others.length > 0 || !schemaOfType.has(rtype))
    throw new ParquetFault(
      `its records are of type ${[rtype, ...others].join(' and ')}, which cannot be read from Parquet`,
      `write a file for each of ${[...schemaOfType.values()].join(', ')}; bars are read as bars`,
    );
  return { rtype, isTradesOnly, uses: [...uses.values()], firstNs: nsOf(first) };
}

function headerOf({ rtype, isTradesOnly, uses, firstNs }: Seen): Uint8Array {
  const named = uses.filter(({ symbol }) => symbol !== '');
  const symbols = [...new Set(named.map(({ symbol }) => symbol))];
  const intervalOf = ({ id, first, last }: Seen['uses'][number]): SymbolInterval => ({
    start: Number(first.replaceAll('-', '')),
    end: Number(dayAfter(last).replaceAll('-', '')),
    symbol: id,
  });
  return encodeHeader({
    version: 3,
    dataset: '',
    schema: rtype === 1 && isTradesOnly ? 'tbbo' : schemaOfType.get(rtype)!,
    start: firstNs,
    end: null,
    limit: 0n,
    stypeIn: 1,
    stypeOut: 0,
    tsOut: false,
    symbolLength: Math.max(71, ...symbols.map((symbol) => symbol.length + 1)),
    symbols,
    partial: [],
    notFound: [],
    mappings: symbols.map((symbol) => ({ symbol, intervals: named.filter((use) => use.symbol === symbol).map(intervalOf) })),
  });
}

const rowsPerPiece = 512;

async function* records(opened: OpenParquet, layout: Layout, rtype: number, maxBytes: number): AsyncGenerator<Uint8Array> {
  const names = opened.metadata.columns.map(({ name }) => name);
  const fields = layout.fields.filter(({ name }) => {
    if (names.includes(name)) return true;
    if (!dispensable.test(name)) throw lacking(name);
    return false;
  });
  const setters = fields.map((field) => textSetter(field));
  let piece = new Uint8Array(rowsPerPiece * layout.bytes);
  let view = new DataView(piece.buffer);
  let filled = 0;
  const used = fields.map(({ name }) => name);
  const budget = { left: maxBytes };
  for (const group of opened.metadata.groups)
    for await (const { columns, count } of rowsOf(opened, group, used, budget))
      for (let row = 0; row < count; row++) {
        const start = filled * layout.bytes;
        piece[start] = layout.bytes / 4;
        piece[start + 1] = rtype;
        for (let i = 0; i < setters.length; i++) setters[i]!(view, start, columns[i]!.next());
        filled++;
        if (filled < rowsPerPiece) continue;
        yield piece;
        piece = new Uint8Array(rowsPerPiece * layout.bytes);
        view = new DataView(piece.buffer);
        filled = 0;
      }
  if (filled > 0) yield piece.subarray(0, filled * layout.bytes);
}

async function eachRow(
  opened: OpenParquet,
  names: readonly string[],
  maxBytes: number,
  take: (values: readonly string[]) => void,
): Promise<void> {
  const budget = { left: maxBytes };
  for (const group of opened.metadata.groups)
    for await (const { columns, count } of rowsOf(opened, group, names, budget))
      for (let row = 0; row < count; row++) take(columns.map((column) => column.next()));
}

/** Gives the columns of a row group with a number of rows; the caller takes so many values of each. */
async function* rowsOf(
  { file, metadata }: OpenParquet,
  group: RowGroup,
  names: readonly string[],
  budget: { left: number },
): AsyncGenerator<{ readonly columns: readonly ColumnTexts[]; readonly count: number }> {
  const sources = names.map((name) => {
    const index = metadata.columns.findIndex((column) => column.name === name);
    if (index < 0) throw lacking(name);
    return columnTexts(metadata.columns[index]!, readPages(file, group.chunks[index]!, budget), group.rows);
  });
  try {
    for (let row = 0; row < group.rows; ) {
      for (const source of sources) await source.refill();
      const count = Math.min(group.rows - row, ...sources.map((source) => source.ready()));
      yield { columns: sources, count };
      row += count;
    }
    for (const source of sources) await source.end();
  } finally {
    for (const source of sources) await source.close();
  }
}

function lacking(name: string): ParquetFault {
  return new ParquetFault(`it has no column ${name}`, 'write the file with all columns of its schema, as Databento does');
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
}
