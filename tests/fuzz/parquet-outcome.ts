import { writeFileSync } from 'node:fs';
import { AssayError } from '../../src/core/errors.ts';
import { openDbn } from '../../src/market/dbn/reader.ts';
import { parquetAsText } from '../../src/market/formats/parquet/as-text.ts';

export type Outcome = 'same' | 'other values' | 'refused';

/** What fuzzed files may unpack to. */
const maxBytes = 2 ** 22;

export async function parquetText(path: string): Promise<string> {
  let text = '';
  for await (const piece of parquetAsText(path, maxBytes)) text += piece.toString('utf8');
  return text;
}

/** The records of a file of Databento, as the bytes of its DBN form. */
export async function recordsText(path: string): Promise<string> {
  const file = await openDbn(path);
  let text = '';
  for await (const run of file.runs())
    text += Buffer.from(run.bytes.subarray(run.start, run.start + run.count * run.stride)).toString('latin1');
  return text;
}

/**
 * Reads a changed file.
 * @param path where it is written
 * @throws Error for what must not happen: an error without a code, place or hint, or rows of unequal width
 */
export async function outcomeOf(path: string, bytes: Buffer, original: string, read = parquetText): Promise<Outcome> {
  writeFileSync(path, bytes);
  try {
    const text = await read(path);
    return text === original ? 'same' : 'other values';
  } catch (error) {
    if (error instanceof AssayError && error.code === 'data_invalid' && error.place === path && error.hint !== undefined) return 'refused';
    throw error;
  }
}
