import { CsvError, type Parser, parse } from 'csv-parse';
import { AssayError, messageOf } from '../../core/errors.ts';
import { separatorOf } from './csv-header.ts';

/** Largest length of a row, and of empty lines between two rows. */
const mostRecordBytes = 2 ** 16;

/** Called with every row that is not empty and the line on which it ends. */
export type RowListener = (fields: readonly string[], line: number) => void;

/**
 * Splits a text into rows of fields as it arrives; at most one row is held in memory. The separator is the one that occurs most often in
 * the first line. Handles byte order marks (UTF-8, UTF-16), CR, LF and CRLF, quotes, and white space around fields.
 * @throws AssayError `data_invalid`, with file and line, for a text that is not a table, and for more than 64 kB without the end of a row.
 * Errors of the listener are passed on unchanged.
 */
export async function cutRows(text: AsyncIterable<Buffer>, path: string, onRow: RowListener): Promise<void> {
  let parser: Parser | null = null;
  let head = Buffer.alloc(0);
  let fed = 0;
  let lastRowAt = 0;
  const feed = async (piece: Buffer): Promise<void> => {
    fed += piece.length;
    await written(parser!, piece);
    if (fed - lastRowAt > mostRecordBytes + piece.length) throw endless(path, parser!.info.lines);
  };
  const begin = async (): Promise<void> => {
    parser = parserFor(head, (fields, { lines, bytes }) => {
      lastRowAt = bytes;
      onRow(fields, lines);
    });
    await feed(head);
  };
  try {
    for await (const piece of text) {
      if (parser !== null) {
        await feed(piece);
        continue;
      }
      head = Buffer.concat([head, piece]);
      if (head.includes('\n') || head.length > mostRecordBytes) await begin();
    }
    if (parser === null) await begin();
    await ended(parser!);
  } catch (error) {
    throw error instanceof AssayError ? error : notATable(error, path, parser);
  } finally {
    (parser as Parser | null)?.destroy();
  }
}

function parserFor(head: Buffer, onRecord: (fields: string[], info: { readonly lines: number; readonly bytes: number }) => void): Parser {
  const lineEnd = head.indexOf('\n');
  const headerLine = head.subarray(0, lineEnd < 0 ? head.length : lineEnd).toString('utf8');
  const parser = parse({
    bom: true,
    delimiter: separatorOf(headerLine),
    skip_empty_lines: true,
    trim: true,
    max_record_size: mostRecordBytes,
    // The parser does not keep rows for which null is returned.
    on_record: (fields: string[], info) => {
      onRecord(fields, info);
      return null;
    },
  });
  // Errors also reach the write or end call that caused them, which handles them.
  return parser.on('error', () => undefined).resume();
}

function written(parser: Parser, piece: Buffer): Promise<void> {
  return new Promise((resolve, reject) => parser.write(piece, (error) => (error ? reject(error) : resolve())));
}

function ended(parser: Parser): Promise<void> {
  return new Promise((resolve, reject) => parser.once('error', reject).once('end', resolve).end());
}

function notATable(error: unknown, path: string, parser: Parser | null): AssayError {
  const line = (error as { readonly lines?: number }).lines ?? parser?.info.lines;
  if (error instanceof CsvError && error.code === 'CSV_MAX_RECORD_SIZE') return endless(path, line);
  return new AssayError('data_invalid', `not a table: ${messageOf(error)}`, {
    place: line === undefined ? path : `${path}:${line}`,
    hint: 'every line must have as many fields as the header',
    cause: error,
  });
}

function endless(path: string, line: number | undefined): AssayError {
  return new AssayError('data_invalid', `a line is longer than ${mostRecordBytes} bytes, or nothing but empty lines follow`, {
    place: line === undefined ? path : `${path}:${line}`,
    hint: 'a header line and one line per bar are expected: is this a CSV file?',
  });
}
