import { AssayError } from '../../core/errors.ts';
import { createBarReader } from './bar-row.ts';
import { type BarTable, type BarTableBuilder, createBarTable } from './bar-table.ts';
import { asUtf8 } from './encoding.ts';
import { asTable } from './json-table.ts';
import { type DeclaredFormat, headBytes, isTrailing, type Reading, readingOf, withSuggestion } from './reading.ts';
import { createRowCutter, fieldText, type Row } from './rows.ts';
import { type DateOrder, shownDateOrder } from './stamps.ts';
import type { TextDigest, TextSource } from './text.ts';

/** Which symbols of a file are read, by its own names of them; null: all. */
export type SymbolChoice = ReadonlyMap<string, string> | null;

/** One file's bars, as they stand in it. */
export interface FileBars extends TextDigest {
  readonly reading: Reading;
  /** By the file's own name of the symbol; '' where it names none. */
  readonly tables: ReadonlyMap<string, BarTable>;
  /** Symbols that were not chosen, and the number of their rows. */
  readonly others: ReadonlySet<string>;
  readonly otherSymbols: number;
  /** True if the file is a page that names a next one. */
  readonly continues: boolean;
  /** Number of times without a bar of a symbol, by its name, where the symbols stand side by side. */
  readonly emptyBars: ReadonlyMap<string, number>;
}

/** Most symbols that are listed in a message. */
const mostListed = 12;

/**
 * Reads the bars of one file as it arrives; only the bars are held in memory.
 * @throws AssayError `not_found` without the file; `data_invalid`, with file, line and column, for content that does not match what was
 * declared or seen in its beginning, and for several symbols of which none is chosen.
 */
export async function readTable(source: TextSource, declared: DeclaredFormat, choice: SymbolChoice, maxBytes: number): Promise<FileBars> {
  const { path } = source;
  const text = withResult(source.open(maxBytes));
  let reader: TableReader | null = null;
  let head: Buffer = Buffer.alloc(0);
  const begin = async (isWhole: boolean): Promise<TableReader> => {
    const reading = readingOf(head, isWhole, declared, path);
    const dates = reading.dates === 'open' ? await datesOf(source, reading, maxBytes) : reading.dates;
    const started = createTableReader({ ...reading, dates }, path, choice);
    started.push(head);
    return started;
  };
  const table = asTable(asUtf8(text.pieces), path);
  for await (const piece of table.pieces) {
    if (reader === null) {
      head = head.length === 0 ? piece : Buffer.concat([head, piece]);
      if (head.length >= headBytes) reader = await begin(false);
    } else reader.push(piece);
  }
  reader ??= await begin(true);
  return { ...reader.end(), continues: table.continues(), ...text.result() };
}

interface TableReader {
  readonly push: (piece: Buffer) => void;
  readonly end: () => Omit<FileBars, keyof TextDigest | 'continues'>;
}

function createTableReader(reading: Reading, path: string, choice: SymbolChoice): TableReader {
  const { fields } = reading;
  const nFields = fields.names.length;
  const tables = new Map<string, BarTableBuilder>();
  const others = new Set<string>();
  const bar = createBarReader(reading);
  const emptyBars = new Map<string, number>();
  let [rows, otherSymbols] = [0, 0];

  const tableOf = (symbol: string): BarTableBuilder | null => {
    const known = tables.get(symbol);
    if (known !== undefined) return known;
    if (choice !== null && symbol !== '' && !choice.has(symbol)) return null;
    const table = createBarTable();
    tables.set(symbol, table);
    return table;
  };

  const onRow = (row: Row): void => {
    if (rows++ < reading.leadRows) return;
    const place = (): string => `${path}:${row.line}`;
    if (row.n !== nFields) checkFields(row, nFields, fields.names, place());
    const symbol = fields.symbol === null ? '' : fieldText(row, fields.symbol);
    if (fields.symbol !== null && symbol === '')
      throw new AssayError('data_invalid', 'the row names no symbol', { place: place(), hint: 'correct the line or remove it' });
    const table = tableOf(symbol);
    if (table === null) {
      others.add(symbol);
      otherSymbols++;
      return;
    }
    try {
      const timeMs = bar.time(row);
      for (const side of fields.values) {
        const target = side.symbol === null ? table : tableOf(side.symbol);
        if (target === null) continue;
        if (side.symbol !== null && bar.isEmpty(row, side)) emptyBars.set(side.symbol, (emptyBars.get(side.symbol) ?? 0) + 1);
        else bar.push(row, side, timeMs, target);
      }
    } catch (error) {
      throw placed(error, place(), row, reading);
    }
  };
  const cutter = createRowCutter(reading.dialect, path, onRow);
  return {
    push: cutter.push,
    end: () => {
      cutter.end();
      // The rows of side-by-side symbols have no table of their own.
      if (fields.values.some((side) => side.symbol !== null)) tables.delete('');
      checkSymbols(tables, choice, fields, path);
      return { reading, others, tables: new Map([...tables].map(([symbol, table]) => [symbol, table.table()])), otherSymbols, emptyBars };
    },
  };
}

/** More fields than headers are accepted where they are empty. */
function checkFields(row: Row, nFields: number, names: readonly string[], place: string): void {
  const texts = Array.from({ length: row.n }, (_, field) => fieldText(row, field));
  if (isTrailing(texts, nFields)) return;
  throw new AssayError('data_invalid', `the line has ${row.n} ${row.n === 1 ? 'field' : 'fields'}, its header ${nFields}`, {
    place,
    hint:
      row.n === nFields + 1
        ? `every line must have as many fields as the header; a header that does not fit is passed over by --columns, which names them by position (now: ${names.join(',')})`
        : 'every line must have as many fields as the header: correct the line or remove it',
  });
}

function checkSymbols(tables: ReadonlyMap<string, BarTableBuilder>, choice: SymbolChoice, fields: Reading['fields'], path: string): void {
  const hasNames = fields.symbol !== null || fields.values.some((side) => side.symbol !== null);
  if (choice !== null && !hasNames)
    throw new AssayError('usage', 'symbols are chosen, and the file names none', {
      place: path,
      hint: 'name the column that holds them: --symbol-column <header>',
    });
  const found = [...tables.keys()];
  if (choice !== null || found.length < 2) return;
  const second = tables.get(found[1]!)!;
  const column =
    fields.symbol === null
      ? ''
      : `; if ${JSON.stringify(fields.names[fields.symbol])} is not the symbol, name the column that is: --symbol-column <header>`;
  throw new AssayError('data_invalid', `the file holds several symbols: ${listedSymbols(found)}`, {
    place: `${path}:${second.table().line[0]}`,
    hint: `choose: --only ${found.slice(0, 2).join(',')}${column}`,
  });
}

/** The first few symbols, and how many more there are. */
export function listedSymbols(symbols: readonly string[]): string {
  const shown = symbols.slice(0, mostListed).join(', ');
  return symbols.length > mostListed ? `${shown} and ${symbols.length - mostListed} more` : shown;
}

/** An error of a row with its place, and with what the row looks like. */
function placed(error: unknown, place: string, row: Row, reading: Reading): unknown {
  if (!(error instanceof AssayError)) return error;
  const fields = Array.from({ length: row.n }, (_, field) => fieldText(row, field));
  if (reading.hasHeader && fields.join() === reading.fields.names.join())
    return new AssayError('data_invalid', 'the header line occurs again', {
      place,
      hint: 'the file was put together from several: give them as several files of one symbol, or remove the line',
    });
  const whole = new AssayError(error.code, error.message, {
    place: error.place === undefined ? place : `${place}, ${error.place}`,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  });
  return reading.layout === null ? withSuggestion(whole, [{ fields, line: row.line }], reading.dialect.separator) : whole;
}

/**
 * The order of day and month, from the first row of the file that shows it.
 * @throws AssayError `data_invalid` if no row does.
 */
async function datesOf(source: TextSource, reading: Reading, maxBytes: number): Promise<DateOrder> {
  let rows = 0;
  let shown: DateOrder | null = null;
  const cutter = createRowCutter(reading.dialect, source.path, (row) => {
    if (rows++ >= reading.leadRows) shown ??= shownDateOrder(fieldText(row, reading.fields.stamp[0]!));
  });
  for await (const piece of asUtf8(source.open(maxBytes))) {
    cutter.push(piece);
    if (shown !== null) return shown;
  }
  cutter.end();
  if (shown !== null) return shown;
  throw new AssayError('data_invalid', 'every date could have the day first or the month first', {
    place: source.path,
    hint: 'declare which: --dates dmy or --dates mdy',
  });
}

/** Splits a generator into its pieces and, after the last one, its return value. */
function withResult(source: AsyncGenerator<Buffer, TextDigest>): { pieces: AsyncIterable<Buffer>; result: () => TextDigest } {
  let digest: TextDigest | undefined;
  async function* pieces(): AsyncGenerator<Buffer> {
    digest = yield* source;
  }
  return {
    pieces: pieces(),
    result: () => {
      if (digest === undefined) throw new AssayError('internal', 'the file was not read to its end');
      return digest;
    },
  };
}
