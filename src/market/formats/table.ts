import { AssayError } from '../../core/errors.ts';
import { createBarReader } from './bar-row.ts';
import type { BarStore } from './bar-store.ts';
import { asUtf8 } from './encoding.ts';
import { rolesFor } from './header.ts';
import { asTable } from './json-table.ts';
import { createOrderedBars, type FileBars, type OrderedBars } from './ordered-bars.ts';
import { type DeclaredFormat, headBytes, isTrailing, type Reading, readingOf, withSuggestion } from './reading.ts';
import { createRowCutter, fieldText, type Row } from './rows.ts';
import { type DateOrder, shownDateOrder } from './stamps.ts';
import type { TextDigest, TextSource } from './text.ts';

/** Which symbols of a file are read, by its own names of them; null: all. */
export type SymbolChoice = ReadonlyMap<string, string> | null;

/** One file's bars, as they stand in it. */
export interface ReadTable extends TextDigest {
  readonly reading: Reading;
  /** By the file's own name of the symbol; '' where it names none. */
  readonly series: ReadonlyMap<string, FileBars>;
  /** Number of rows of symbols that were not chosen. */
  readonly otherSymbols: number;
  /** True if the file is a page that names a next one. */
  readonly continues: boolean;
  /** Number of times without a bar of a symbol, by its name, where the symbols stand side by side. */
  readonly emptyBars: ReadonlyMap<string, number>;
}

/** Most symbols that are listed in a message, and that are counted for it. */
const [mostListed, mostKnown] = [12, 10_000];

/**
 * Reads the bars of one file as it arrives.
 * @param store takes the bars.
 * @throws AssayError `not_found` without the file; `usage` for a choice of symbols in a file that names none; `data_invalid`, with file, line
 * and column, for content that does not match what was declared or seen in its beginning, and for several symbols of which none is chosen.
 */
export async function readTable(
  source: TextSource,
  declared: DeclaredFormat,
  choice: SymbolChoice,
  maxBytes: number,
  store: BarStore,
): Promise<ReadTable> {
  const { path } = source;
  const text = withResult(source.open(maxBytes));
  let reader: TableReader | null = null;
  let head: Buffer = Buffer.alloc(0);
  const begin = async (isWhole: boolean): Promise<TableReader> => {
    const reading = readingOf(head, isWhole, declared, path);
    const dates = reading.dates === 'open' ? await datesOf(source, reading, maxBytes) : reading.dates;
    const started = createTableReader({ ...reading, dates }, path, choice, store);
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
  readonly end: () => Omit<ReadTable, keyof TextDigest | 'continues'>;
}

function createTableReader(reading: Reading, path: string, choice: SymbolChoice, store: BarStore): TableReader {
  const { fields } = reading;
  const nFields = fields.names.length;
  const targets = new Map<string, OrderedBars>();
  /** Line of the first row of each symbol that is not read. */
  const others = new Map<string, number>();
  const bar = createBarReader(reading, store.labels);
  const emptyBars = new Map<string, number>();
  let [rows, otherSymbols] = [0, 0];
  const sides = fields.values.flatMap(({ symbol }) => (symbol === null ? [] : [symbol]));
  checkChoice(choice, sides, fields, path);

  /** Takes the bars of a symbol; null if it is not chosen, or no choice was made and another one came first. */
  const targetOf = (symbol: string): OrderedBars | null => {
    const known = targets.get(symbol);
    if (known !== undefined) return known;
    if (choice === null ? targets.size > 0 : symbol !== '' && !choice.has(symbol)) return null;
    const target = createOrderedBars(store.builder(fields.extra.map(({ name }) => name)), path, reading.order);
    targets.set(symbol, target);
    return target;
  };

  const onRow = (row: Row): void => {
    if (rows++ < reading.leadRows) return;
    const place = (): string => `${path}:${row.line}`;
    if (row.n !== nFields) checkFields(row, fields.names, place());
    const symbol = fields.symbol === null ? '' : fieldText(row, fields.symbol);
    if (fields.symbol !== null && symbol === '')
      throw new AssayError('data_invalid', 'the row names no symbol', { place: place(), hint: 'correct the line or remove it' });
    const own = sides.length === 0 ? targetOf(symbol) : null;
    if (sides.length === 0 && own === null) {
      if (others.size < mostKnown && !others.has(symbol)) others.set(symbol, row.line);
      otherSymbols++;
      return;
    }
    try {
      const timeMs = bar.time(row);
      for (const side of fields.values) {
        const target = side.symbol === null ? own : targetOf(side.symbol);
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
      const [second] = others;
      if (choice === null && second !== undefined)
        throw severalSymbols(
          [...targets.keys(), ...others.keys()],
          `${path}:${second[1]}`,
          fields.symbol === null ? null : fields.names[fields.symbol]!,
        );
      return { reading, series: new Map([...targets].map(([symbol, target]) => [symbol, target.done()])), otherSymbols, emptyBars };
    },
  };
}

/** More fields than headers are accepted where they are empty. */
function checkFields(row: Row, names: readonly string[], place: string): void {
  const texts = Array.from({ length: row.n }, (_, field) => fieldText(row, field));
  if (isTrailing(texts, names.length)) return;
  throw new AssayError('data_invalid', `the line has ${row.n} ${row.n === 1 ? 'field' : 'fields'}, its header ${names.length}`, {
    place,
    hint:
      row.n > names.length
        ? `if the header does not fit, name the columns by position, - for one that is left out: --columns ${rolesFor(names, row.n).join(',')}`
        : 'every line must have as many fields as the header: correct the line or remove it',
  });
}

/** Checks the choice against a header: whether the file names symbols at all, and those that stand side by side. */
function checkChoice(choice: SymbolChoice, sides: readonly string[], fields: Reading['fields'], path: string): void {
  if (choice === null && sides.length > 1) throw severalSymbols(sides, path, null);
  if (choice !== null && sides.length === 0 && fields.symbol === null)
    throw new AssayError('usage', 'symbols are chosen, and the file names none', {
      place: path,
      hint: 'name the column that holds them: --symbol-column <header>',
    });
}

function severalSymbols(found: readonly string[], place: string, column: string | null): AssayError {
  const shown = found.slice(0, mostListed).join(', ');
  const named =
    column === null ? '' : `; if ${JSON.stringify(column)} is not the symbol, name the column that is: --symbol-column <header>`;
  return new AssayError(
    'data_invalid',
    `the file holds several symbols: ${shown}${found.length > mostListed ? ` and ${found.length - mostListed} more` : ''}`,
    { place, hint: `choose: --only ${found.slice(0, 2).join(',')}${named}` },
  );
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
  for await (const piece of asTable(asUtf8(source.open(maxBytes)), source.path).pieces) {
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
