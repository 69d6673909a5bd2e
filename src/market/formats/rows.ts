import { AssayError } from '../../core/errors.ts';

/** Largest length of a row, and of empty lines between two rows. */
export const mostRowBytes = 2 ** 16;

const space = 32;
const tab = 9;
const carriageReturn = 13;
const quote = 34;

/** One row of a table. The same object is filled again for the next row, so nothing of it may be kept. */
export interface Row {
  /** Field `i` is `bytes[start[i]]` up to and without `bytes[end[i]]`, without white space around it and without quotes. */
  bytes: Buffer;
  readonly start: number[];
  readonly end: number[];
  /** Number of fields. */
  n: number;
  /** Line on which the row ends, counted from 1. */
  line: number;
}

/** The text of a field. */
export function fieldText(row: Row, field: number): string {
  return row.bytes.toString('utf8', row.start[field], row.end[field]);
}

/** How a text is cut into rows and fields. */
export interface Dialect {
  readonly separator: string;
  /** A line feed ends a line, with or without a carriage return before it; or a carriage return alone does. */
  readonly lineEnd: '\n' | '\r';
}

export interface RowCutter {
  /** Cuts the next piece of the text; calls the listener for each row that is not empty. */
  readonly push: (piece: Buffer) => void;
  /** Cuts what is left as the last row. */
  readonly end: () => void;
}

/**
 * Cuts a text into rows of fields as it arrives, in memory for one piece and one row. A field in quotes may hold separators, line ends and
 * doubled quotes.
 * @param path for the place of errors.
 * @throws AssayError `data_invalid` for quotes that do not enclose a field, and for more than 64 kB without the end of a row.
 */
export function createRowCutter({ separator, lineEnd }: Dialect, path: string, onRow: (row: Row) => void): RowCutter {
  const separatorByte = separator.charCodeAt(0);
  const endByte = lineEnd.charCodeAt(0);
  const row: Row = { bytes: Buffer.alloc(0), start: [], end: [], n: 0, line: 0 };
  let carried: Buffer = Buffer.alloc(0);
  let line = 0;
  let emptyBytes = 0;

  /** Sets a field, without the white space around it. */
  const setField = (bytes: Buffer, from: number, to: number): void => {
    let [start, end] = [from, to];
    while (start < end && isBlank(bytes[start]!)) start++;
    while (end > start && isBlank(bytes[end - 1]!)) end--;
    row.start[row.n] = start;
    row.end[row.n] = end;
    row.n++;
  };
  const isBlank = (byte: number): boolean =>
    byte === space || (byte === carriageReturn && endByte !== carriageReturn) || (byte === tab && separatorByte !== tab);

  const finish = (bytes: Buffer, length: number): void => {
    if (row.n === 1 && row.start[0] === row.end[0]) {
      emptyBytes += length;
      if (emptyBytes > mostRowBytes) throw endless(path, line);
      return;
    }
    emptyBytes = 0;
    row.bytes = bytes;
    row.line = line;
    onRow(row);
  };

  /** Cuts the line without quotes; false, with nothing done, if it has any. */
  const cutPlain = (bytes: Buffer, from: number, to: number): boolean => {
    row.n = 0;
    let fieldAt = from;
    for (let at = from; at < to; at++) {
      const byte = bytes[at]!;
      if (byte === separatorByte) {
        setField(bytes, fieldAt, at);
        fieldAt = at + 1;
      } else if (byte === quote) return false;
    }
    setField(bytes, fieldAt, to);
    return true;
  };

  /** Cuts a row with quotes; its end (behind the line end), or -1 if the text ends before it. */
  const cutQuoted = (bytes: Buffer, from: number, isLast: boolean): number => {
    row.n = 0;
    const unquoted: Buffer[] = [];
    let length = 0;
    let lines = 0;
    for (let at = from; ; ) {
      while (at < bytes.length && isBlank(bytes[at]!)) at++;
      const isQuoted = bytes[at] === quote;
      const field = isQuoted ? quotedField(bytes, at + 1) : plainField(bytes, at);
      if (field === null) {
        if (isLast) throw notATable(path, line + 1, 'quotes are opened and not closed');
        return -1;
      }
      at = field.next;
      if (isQuoted) {
        for (let i = field.from; i < at; i++) if (bytes[i] === endByte) lines++;
        while (at < bytes.length && isBlank(bytes[at]!)) at++;
      }
      const isEnd = at >= bytes.length || bytes[at] === endByte;
      if (at >= bytes.length && !isLast) return -1;
      if (!isEnd && bytes[at] !== separatorByte)
        throw notATable(path, line + 1 + lines, 'a quote stands inside a field, or text behind a closing quote');
      unquoted.push(field.content);
      row.start[row.n] = length;
      length += field.content.length;
      row.end[row.n] = length;
      row.n++;
      at++;
      if (!isEnd) continue;
      line += lines + 1;
      finish(Buffer.concat(unquoted), at - from);
      return at;
    }
  };

  const plainField = (bytes: Buffer, from: number): { content: Buffer; from: number; next: number } => {
    let at = from;
    while (at < bytes.length && bytes[at] !== separatorByte && bytes[at] !== endByte && bytes[at] !== quote) at++;
    let end = at;
    while (end > from && isBlank(bytes[end - 1]!)) end--;
    return { content: bytes.subarray(from, end), from, next: at };
  };

  const cutAll = (bytes: Buffer, isLast: boolean): Buffer => {
    let at = 0;
    while (at < bytes.length) {
      const found = bytes.indexOf(endByte, at);
      if (found < 0 && !isLast) break;
      const to = found < 0 ? bytes.length : found;
      if (cutPlain(bytes, at, to)) {
        line++;
        finish(bytes, to - at + 1);
        at = to + 1;
        continue;
      }
      const next = cutQuoted(bytes, at, isLast);
      if (next < 0) break;
      at = next;
    }
    return bytes.subarray(at);
  };

  return {
    push: (piece) => {
      const rest = cutAll(carried.length === 0 ? piece : Buffer.concat([carried, piece]), false);
      if (rest.length > mostRowBytes) throw endless(path, line + 1);
      carried = Buffer.from(rest);
    },
    end: () => {
      carried = cutAll(carried, true);
    },
  };
}

/** The content of a field whose opening quote stands before `from` (null if it is not closed). */
function quotedField(bytes: Buffer, from: number): { content: Buffer; from: number; next: number } | null {
  const parts: Buffer[] = [];
  for (let at = from; ; ) {
    const close = bytes.indexOf(quote, at);
    if (close < 0) return null;
    parts.push(bytes.subarray(at, close));
    if (bytes[close + 1] !== quote) return { content: Buffer.concat(parts), from, next: close + 1 };
    parts.push(bytes.subarray(close, close + 1));
    at = close + 2;
  }
}

export function endless(path: string, line: number): AssayError {
  return new AssayError('data_invalid', `a line is longer than ${mostRowBytes} bytes, or nothing but empty lines follow`, {
    place: `${path}:${line}`,
    hint: 'one line per bar is expected: is this a CSV file?',
  });
}

export function notATable(path: string, line: number, why: string): AssayError {
  return new AssayError('data_invalid', `not a table: ${why}`, {
    place: `${path}:${line}`,
    hint: 'every line must have as many fields as the header; put a field in quotes as a whole, and double the quotes inside',
  });
}
