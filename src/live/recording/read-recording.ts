import { readFile } from 'node:fs/promises';
import { AssayError, messageOf } from '../../core/errors.ts';
import { type DbnFile, layoutOfRun, openDbn } from '../../market/dbn/reader.ts';
import { SymbolTable } from '../../market/dbn/symbols.ts';
import type { FeedItem } from '../drivers/run-engine.ts';
import { createTranslator, type TranslationFacts } from './translate.ts';

/** A recorded session: a file of the Databento encoding, and when each of its records was received. */
export interface Recording {
  readonly path: string;
  /** A file of unsigned 64-bit nanoseconds, little-endian, one a record; null: the times in the records themselves. */
  readonly receivedPath: string | null;
}

const timeBytes = 8;

/**
 * Reads a recording as what happened, in its order, each at the time at which it became known: that of the side file, else its send time, else
 * its own. Times never run back. Memory does not grow with the file, but for the side file.
 * @throws AssayError `not_found`, `data_invalid` as {@link openDbn}, and for a side file that does not have one time a record.
 */
export async function* readRecording(recording: Recording, facts: Omit<TranslationFacts, 'symbolOf'>): AsyncGenerator<FeedItem> {
  const received = recording.receivedPath === null ? null : await readTimes(recording.receivedPath);
  const file = await openDbn(recording.path);
  const translator = createTranslator({ ...facts, symbolOf: symbolsIn(file) });
  let count = 0;
  let last = 0n;
  for await (const run of file.runs()) {
    const layout = layoutOfRun(run, file.place);
    const view = new DataView(run.bytes.buffer, run.bytes.byteOffset, run.bytes.byteLength);
    for (let i = 0; i < run.count; i++) {
      const start = run.start + i * run.stride;
      const at = count++;
      if (received !== null && at >= received.length) throw otherCount(recording, received.length);
      if (layout === null) continue;
      const known =
        received?.[at] ??
        (run.stride > layout.bytes ? view.getBigUint64(start + layout.bytes, true) : translator.earliest(layout, view, start));
      if (known > last) last = known;
      const { record, event } = translator.translate(layout, view, start, last);
      if (record !== null || event !== null)
        yield { time: last, records: record === null ? [] : [record], events: event === null ? [] : [event] };
    }
  }
  if (received !== null && count !== received.length) throw otherCount(recording, received.length);
}

/** The instruments that a file's header names. */
function symbolsIn({ header }: DbnFile): ReadonlyMap<number, string> {
  const table = new SymbolTable();
  if (header === null) return new Map();
  table.add(header);
  return new Map(header.symbols.flatMap((symbol) => table.idsOf(symbol).map((id) => [id, symbol] as const)));
}

async function readTimes(path: string): Promise<BigUint64Array> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new AssayError('not_found', `cannot read the receive times: ${messageOf(cause)}`, { place: path, hint: 'check the path', cause });
  });
  if (bytes.length % timeBytes !== 0)
    throw new AssayError('data_invalid', `${bytes.length} bytes are no whole number of receive times`, {
      place: path,
      hint: 'the file is cut off: take it from where it was recorded again',
    });
  const times = new BigUint64Array(bytes.length / timeBytes);
  for (let i = 0; i < times.length; i++) times[i] = bytes.readBigUInt64LE(i * timeBytes);
  return times;
}

function otherCount({ path, receivedPath }: Recording, times: number): AssayError {
  return new AssayError('data_invalid', `there are ${times} receive times for another number of records`, {
    place: `${receivedPath} beside ${path}`,
    hint: 'take both files from the same recording',
  });
}
