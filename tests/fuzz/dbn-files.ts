import { AssayError } from '../../src/core/errors.ts';
import { createRng } from '../../src/core/rng.ts';
import { BookFeed } from '../../src/market/book/feed.ts';
import { MinuteFlow } from '../../src/market/book/minute-flow.ts';
import { sessionCalendarOf } from '../../src/market/calendars/index.ts';
import { columnsOf } from '../../src/market/dbn/columns.ts';
import { summarize } from '../../src/market/dbn/inspect.ts';
import { dbnOfBytes } from '../../src/market/dbn/reader.ts';
import { layouts } from '../../src/market/dbn/records.ts';
import { generateBook } from '../../src/market/synthetic/book/generate-book.ts';
import { bookParameters } from '../../src/market/synthetic/book/parameters.ts';
import { dbnBytes, randomRecord, zstdFrame } from '../fixtures/dbn.ts';

export type DbnOutcome = 'read' | 'refused';

/** Files to change: every record of every version, packed in two frames, and orders of a generated book. */
export function originalFiles(): readonly { readonly name: string; readonly bytes: Buffer }[] {
  const rng = createRng('fuzz');
  const every = Buffer.from(
    dbnBytes(
      { schema: null },
      layouts.flatMap((layout) => [0, 1].map(() => [layout, randomRecord(layout, rng)] as const)),
    ),
  );
  let orders: Uint8Array = new Uint8Array();
  generateBook(bookParameters, 1, 1, (run) => {
    if (orders.length === 0) orders = run.bytes.slice(0, 2000 * run.stride);
  });
  const book = Buffer.from(dbnBytes({}, [orders]));
  const packed = Buffer.concat([zstdFrame(book.subarray(0, 40_000)), zstdFrame(book.subarray(40_000))]);
  return [
    { name: 'every.dbn', bytes: every },
    { name: 'orders.dbn', bytes: book },
    { name: 'orders.dbn.zst', bytes: packed },
    { name: 'orders.dbn.frag', bytes: Buffer.from(orders) },
  ];
}

/**
 * Reads a file as records, as columns and as minutes of order flow.
 * @throws Error for what must not happen: an error without a code for bad data, or without a hint.
 */
export async function dbnOutcome(name: string, bytes: Uint8Array): Promise<DbnOutcome> {
  const read: readonly (() => Promise<unknown>)[] = [
    async () => summarize(await dbnOfBytes(bytes, name, { allowTruncated: true }), 3),
    async () => {
      for await (const _batch of columnsOf(await dbnOfBytes(bytes, name)));
    },
    async () => {
      const calendar = sessionCalendarOf('globex-equity');
      const feed = new BookFeed({
        tickOf: () => 250_000_000,
        sinkOf: (one) => new MinuteFlow({ ...one, calendar, emit: () => undefined }),
      });
      const file = await dbnOfBytes(bytes, name);
      feed.startFile(name, file.header?.schema ?? null);
      for await (const run of file.runs()) feed.push(run);
      feed.end(file.header?.end ?? null);
    },
  ];
  let outcome: DbnOutcome = 'read';
  for (const one of read)
    try {
      await one();
    } catch (error) {
      if (!(error instanceof AssayError) || error.code !== 'data_invalid' || error.hint === undefined) throw error;
      outcome = 'refused';
    }
  return outcome;
}
