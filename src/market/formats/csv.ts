import { basename } from 'node:path';
import { AssayError } from '../../core/errors.ts';
import type { BarSeries } from '../bars.ts';
import type { SessionCalendar } from '../calendars/calendar.ts';
import { zoneClock } from '../local-time.ts';
import { sessionOfBar } from '../sessions.ts';
import { readBar } from './csv-bar.ts';
import { type CsvHeader, resolveHeader } from './csv-header.ts';
import { checkOrder, checkSessionGaps } from './csv-order.ts';
import { cutRows } from './csv-rows.ts';
import { type CsvTable, createCsvTable, keptRows, reversedRows } from './csv-table.ts';
import { defaultMaxBytes, readText, type TextDigest } from './csv-text.ts';

/** Declared format of a file. Only the separator and the names of the headers are detected. */
export interface CsvOptions {
  readonly order: 'ascending' | 'descending';
  /** IANA zone of stamps without an offset. */
  readonly zone: string;
  /** A bar's stamp is its start or its end. */
  readonly stamp: 'start' | 'end';
  /** Refuses or allows missing bars within a session. */
  readonly gaps: 'refuse' | 'allow';
  /** Refuses or drops bars outside the session's hours. */
  readonly outside: 'refuse' | 'drop';
  /** Headers by column, for those without a matching alias: { close: 'Settle' }. */
  readonly columns: Readonly<Record<string, string>>;
  readonly calendar: SessionCalendar;
  readonly barMs: number;
  /** Limit of unpacked bytes of one file; default 4 GB. */
  readonly maxBytes?: number;
}

export interface CsvBars extends TextDigest {
  readonly series: BarSeries;
  /** Number of bars dropped because they lie outside the session's hours. */
  readonly outside: number;
}

/**
 * Reads one symbol's bars from a CSV file, gzipped or not, as UTC starts of bars in ascending order. The file is unpacked and parsed as
 * a stream; only the bars are held in memory.
 * @throws AssayError `not_found` without the file; `data_invalid`, with file, line and column, for content that does not match the
 * declared format.
 */
export async function readCsv(path: string, symbol: string, options: CsvOptions): Promise<CsvBars> {
  const { table: all, digest } = await readTable(path, options);
  checkOrder(all, path, options.order);
  const rising = options.order === 'descending' ? reversedRows(all) : all;
  const dayOf = (utcMs: number): number | null => sessionOfBar(options.calendar, utcMs)?.openMs ?? null;
  const kept = keptRows(rising, (row) => isInSession(rising, row, dayOf, path, options));
  const { startMs: time, open, high, low, close, volume } = kept;
  if (time.length === 0)
    throw new AssayError('data_invalid', 'no bar lies within the session', { place: path, hint: outsideHint(options) });
  if (options.gaps === 'refuse') checkSessionGaps(kept, path, dayOf, options.barMs);
  return { series: { symbol, time, open, high, low, close, volume }, outside: all.line.length - time.length, ...digest };
}

/** "NVDA" of "NVDA_1m_2018.csv.gz": the file's name up to the first underscore, dot, dash or space. */
export function symbolOfFile(path: string): string {
  return basename(path)
    .split(/[_.\s-]/, 1)[0]!
    .toUpperCase();
}

async function readTable(path: string, options: CsvOptions): Promise<{ readonly table: CsvTable; readonly digest: TextDigest }> {
  const clock = zoneClock(options.zone);
  const table = createCsvTable();
  let header: CsvHeader | null = null;
  let symbol: string | undefined;
  const text = withResult(readText(path, options.maxBytes ?? defaultMaxBytes));
  await cutRows(text.pieces, path, (fields, line) => {
    const place = `${path}:${line}`;
    if (header === null) {
      header = resolveHeader(fields, options.columns, place);
      return;
    }
    if (header.symbol !== null) symbol = sameSymbol(symbol, fields[header.symbol]!, place);
    table.push({ line, ...readBar(fields, header, place, clock, options) });
  });
  const rows = table.table();
  if (rows.line.length === 0)
    throw new AssayError('data_invalid', header === null ? 'the file is empty' : 'the file holds a header but no bars', {
      place: path,
      hint: 'a header line and one line per bar are expected',
    });
  return { table: rows, digest: text.result() };
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

function sameSymbol(before: string | undefined, now: string, place: string): string {
  if (before === undefined || before === now) return now;
  throw new AssayError('data_invalid', `the file holds several symbols: ${JSON.stringify(before)} and ${JSON.stringify(now)}`, {
    place,
    hint: 'write one file per symbol and import them together',
  });
}

function isInSession(
  { startMs, line }: CsvTable,
  row: number,
  dayOf: (utcMs: number) => number | null,
  path: string,
  options: CsvOptions,
): boolean {
  const start = startMs[row]!;
  if (dayOf(start) !== null) return true;
  if (options.outside === 'drop') return false;
  throw new AssayError(
    'data_invalid',
    `the bar starting ${new Date(start).toISOString()} lies outside the ${options.calendar.id} session`,
    { place: `${path}:${line[row]}`, hint: outsideHint(options) },
  );
}

function outsideHint(options: CsvOptions): string {
  return `stamps were read as bar ${options.stamp}s in ${options.zone}: declare --zone and --stamp if that is wrong, or drop such bars with --outside drop`;
}
