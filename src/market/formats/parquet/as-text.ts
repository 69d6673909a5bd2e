import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { AssayError, messageOf } from '../../../core/errors.ts';
import { columnTexts } from './column-texts.ts';
import { ParquetFault } from './fault.ts';
import type { ParquetMetadata, RowGroup } from './metadata.ts';
import { openParquet } from './open.ts';
import { type Budget, readPages } from './pages.ts';
import { quoted } from './quoted.ts';

/** Rows of one piece of text. */
const rowsPerPiece = 1024;

/**
 * Reads a Parquet file as the text of a CSV file: a line of column names, then a line per row. So bars in Parquet are found, declared and
 * checked as bars in CSV are. Numbers and times are exact (`textsOf`), a null is an empty field, lists, maps and structs are left out.
 *
 * Pages are unpacked one at a time, so memory holds one page of each column whatever the sizes of the file and its row groups. All
 * encodings and codecs of the format are read, except LZO and the deprecated BIT_PACKED.
 * @param maxBytes limit of what the pages unpack to
 * @returns length and SHA-256 of the file
 * @throws AssayError `not_found` for a file that cannot be read; `data_invalid` for a file that does not hold the rows that it states
 */
export async function* parquetAsText(
  path: string,
  maxBytes: number,
): AsyncGenerator<Buffer, { readonly bytes: number; readonly sha256: string }> {
  try {
    const { file, bytes, metadata } = await openParquet(path);
    try {
      yield Buffer.from(`${headerOf(metadata).join(',')}\n`);
      const budget = { left: maxBytes };
      for (const group of metadata.groups) yield* groupText(file, metadata, group, budget);
      return { bytes, sha256: await hashOf(file) };
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw faultOf(path, cause);
  }
}

async function* groupText(file: FileHandle, { columns }: ParquetMetadata, group: RowGroup, budget: Budget): AsyncGenerator<Buffer> {
  const sources = columns.map((column, i) => columnTexts(column, readPages(file, group.chunks[i]!, budget), group.rows));
  try {
    for (let row = 0; row < group.rows; ) {
      for (const source of sources) await source.refill();
      const count = Math.min(rowsPerPiece, group.rows - row, ...sources.map((source) => source.ready()));
      let lines = '';
      for (let i = 0; i < count; i++) lines += `${sources.map((source) => source.next()).join(',')}\n`;
      yield Buffer.from(lines);
      row += count;
    }
    for (const source of sources) await source.end();
  } finally {
    for (const source of sources) await source.close();
  }
}

/**
 * The names of the columns. pandas stores an index of times without a name as `__index_level_0__`: it is called `datetime`, unless another
 * column holds times too.
 */
function headerOf({ columns, nested }: ParquetMetadata): readonly string[] {
  if (columns.length === 0)
    throw new ParquetFault(
      `it has no column of single values${nested.length === 0 ? '' : `, only ${nested.join(', ')}`}`,
      'write one column per value',
    );
  const times = columns.filter(({ kind }) => kind.kind === 'timestamp');
  return columns.map(({ name }) =>
    quoted(/^__index_level_\d+__$/.test(name) && times.length === 1 && times[0]!.name === name ? 'datetime' : name),
  );
}

async function hashOf(file: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  const piece = Buffer.alloc(2 ** 20);
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(piece, 0, piece.length, at);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(piece.subarray(0, bytesRead));
    at += bytesRead;
  }
}

/** A fault of a file as the error that people see. */
export function faultOf(path: string, cause: unknown): unknown {
  if (cause instanceof ParquetFault)
    return new AssayError('data_invalid', `the Parquet file cannot be read: ${cause.message}`, { place: path, hint: cause.hint, cause });
  if (cause instanceof Error && 'syscall' in cause)
    return new AssayError('not_found', `cannot read the file: ${messageOf(cause)}`, { place: path, hint: 'check the path', cause });
  return cause;
}
