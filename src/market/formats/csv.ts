import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CsvError, parse } from 'csv-parse/sync';
import { AssayError, messageOf } from '../../core/errors.ts';
import { sha256 } from '../../core/json.ts';
import type { BarSeries } from '../bars.ts';
import { zoneClock } from '../local-time.ts';
import { type SessionCalendar, sessionDayOf } from '../sessions.ts';
import { type CsvRow, readBar } from './csv-bar.ts';
import { type CsvHeader, resolveHeader, separatorOf } from './csv-header.ts';
import { checkOrder, checkSessionGaps } from './csv-order.ts';

/** How a file is declared to be written; nothing of it is guessed but the separator and the headers' names. */
export interface CsvOptions {
  readonly order: 'ascending' | 'descending';
  /** IANA zone of stamps that carry no offset of their own. */
  readonly zone: string;
  /** Whether a bar is stamped at its start or at its end. */
  readonly stamp: 'start' | 'end';
  /** What to do about bars that are missing within a session. */
  readonly gaps: 'refuse' | 'allow';
  /** What to do about bars outside the session's hours. */
  readonly outside: 'refuse' | 'drop';
  /** Headers by column, for those that no alias fits: { close: 'Settle' }. */
  readonly columns: Readonly<Record<string, string>>;
  readonly calendar: SessionCalendar;
  readonly barMs: number;
}

export interface CsvBars {
  readonly series: BarSeries;
  /** Length and SHA-256 of the text, after unpacking. */
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Reads one symbol's bars from a CSV file, gzipped or not, and brings them into our form: UTC starts of bars, rising.
 * @throws not_found without the file; data_invalid, with file, line and column, for anything the declaration does not fit.
 */
export function readCsv(path: string, symbol: string, options: CsvOptions): CsvBars {
  const bytes = readUnpacked(path);
  const rows = parseRows(bytes, path, options);
  checkOrder(rows, path, options.order);
  if (options.order === 'descending') rows.reverse();
  const dayOf = sessionDayOf(options.calendar);
  const kept = rows.filter((row) => isInSession(row, dayOf, path, options));
  if (kept.length === 0)
    throw new AssayError('data_invalid', 'no bar lies within the session', { place: path, hint: outsideHint(options) });
  if (options.gaps === 'refuse') checkSessionGaps(kept, path, dayOf, options.barMs);
  const column = (pick: (row: CsvRow) => number): Float64Array => Float64Array.from(kept, pick);
  return {
    series: {
      symbol,
      time: column((row) => row.startMs),
      open: column((row) => row.open),
      high: column((row) => row.high),
      low: column((row) => row.low),
      close: column((row) => row.close),
      volume: column((row) => row.volume),
    },
    bytes: bytes.length,
    sha256: sha256(bytes),
  };
}

/** "NVDA" of "NVDA_1m_2018.csv.gz": the file's name up to the first underscore, dot, dash or space. */
export function symbolOfFile(path: string): string {
  return basename(path)
    .split(/[_.\s-]/, 1)[0]!
    .toUpperCase();
}

function readUnpacked(path: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new AssayError('not_found', `cannot read the file: ${messageOf(cause)}`, { place: path, hint: 'check the path', cause });
  }
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!isGzip) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw new AssayError('data_invalid', `cannot unpack the file: ${messageOf(cause)}`, {
      place: path,
      hint: 'it is cut off or damaged: fetch it again',
      cause,
    });
  }
}

function parseRows(bytes: Buffer, path: string, options: CsvOptions): CsvRow[] {
  const lineEnd = bytes.indexOf('\n');
  const headerLine = bytes.subarray(0, lineEnd < 0 ? bytes.length : lineEnd).toString('utf8');
  const clock = zoneClock(options.zone);
  const rows: CsvRow[] = [];
  let header: CsvHeader | null = null;
  try {
    parse(bytes, {
      bom: true,
      delimiter: separatorOf(headerLine),
      skip_empty_lines: true,
      trim: true,
      // Rows are taken here and dropped there: csv-parse need not keep them.
      on_record: (fields: string[], { lines: line }) => {
        if (header === null) header = resolveHeader(fields, options.columns, `${path}:${line}`);
        else rows.push({ line, ...readBar(fields, header, `${path}:${line}`, clock, options) });
        return null;
      },
    });
  } catch (error) {
    throw error instanceof CsvError ? csvProblem(error, path) : error;
  }
  if (rows.length === 0)
    throw new AssayError('data_invalid', header === null ? 'the file is empty' : 'the file holds a header but no bars', {
      place: path,
      hint: 'a header line and one line per bar are expected',
    });
  return rows;
}

function csvProblem(error: CsvError, path: string): AssayError {
  const line = (error as { readonly lines?: number }).lines;
  return new AssayError('data_invalid', `not a table: ${error.message}`, {
    place: line === undefined ? path : `${path}:${line}`,
    hint: 'every line must have as many fields as the header',
    cause: error,
  });
}

function isInSession(row: CsvRow, dayOf: (utcMs: number) => number | null, path: string, options: CsvOptions): boolean {
  if (dayOf(row.startMs) !== null) return true;
  if (options.outside === 'drop') return false;
  throw new AssayError(
    'data_invalid',
    `the bar starting ${new Date(row.startMs).toISOString()} lies outside the ${options.calendar.id} session`,
    {
      place: `${path}:${row.line}`,
      hint: outsideHint(options),
    },
  );
}

function outsideHint(options: CsvOptions): string {
  return `stamps were read as bar ${options.stamp}s in ${options.zone}: declare --zone and --stamp if that is wrong, or leave such bars out with --outside drop`;
}
