import { closeSync, openSync } from 'node:fs';
import { AssayError } from '../../core/errors.ts';
import { writeFault } from '../../core/free-space.ts';
import { MboBook } from '../book/mbo.ts';
import { depth } from '../book/side.ts';
import { type DbnHeader, encodeHeader } from '../dbn/header.ts';
import { recordFlags } from '../dbn/kinds.ts';
import { openDbn } from '../dbn/reader.ts';
import { mboLayout, mbp10Layout } from '../dbn/records.ts';
import { writeAll } from './spool.ts';

export interface LevelsRequest {
  /** A file of orders. */
  readonly path: string;
  /** The new file; refused if it exists, unless `replace` is set. */
  readonly to: string;
  /** In units of 1e-9. */
  readonly tickOf: (instrumentId: number, header: DbnHeader) => number;
  readonly replace?: boolean;
  readonly allowTruncated?: boolean;
  readonly maxBytes?: number;
}

export interface WrittenLevels {
  readonly file: string;
  readonly records: number;
  /** Number of orders that the file changes without having added them. */
  readonly unknownOrders: number;
}

/** Bytes that are kept before they are written. */
const bufferBytes = 2 ** 20;
const trade = 'T'.charCodeAt(0);

/**
 * Writes the ten levels of the books of a file of orders as MBP-10 records, as their maker does: one for each trade, with the levels before it,
 * and one after each event that changed a level, with the fields of the event's last record. `depth` is 0, since an event may touch several levels; a book in doubt is marked MAYBE_BAD_BOOK.
 * @throws AssayError `data_invalid` for another schema; `conflict` if the file exists; `disk_full` and `unavailable` if it cannot be written.
 */
export async function writeLevels({ path, to, tickOf, replace = false, ...options }: LevelsRequest): Promise<WrittenLevels> {
  const file = await openDbn(path, options);
  const { header } = file;
  if (header?.schema !== 'mbo') {
    await file.close();
    throw new AssayError('data_invalid', `levels follow from orders, not from ${header?.schema ?? 'a fragment'}`, {
      place: path,
      hint: 'name a file of the schema mbo',
    });
  }
  let output: Output | null = null;
  const books = new Map<number, MboBook>();
  const record = new Uint32Array(mbp10Layout.bytes / 4);
  let records = 0;
  try {
    output = createOutput(to, replace);
    output.write(encodeHeader({ ...header, schema: 'mbp-10', tsOut: false }));
    for await (const { rtype, words, ints, start, count, stride } of file.runs()) {
      if (rtype !== mboLayout.rtypes[0]) continue;
      for (let i = 0, at = start >> 2; i < count; i++, at += stride >> 2) {
        const id = words[at + 1]!;
        let book = books.get(id);
        if (book === undefined) {
          book = new MboBook(tickOf(id, header), path);
          books.set(id, book);
        }
        book.apply(words, ints, at);
        const codes = words[at + 9]!;
        const isTrade = ((codes >>> 16) & 0xff) === trade;
        const isChange = (codes & recordFlags.last) !== 0 && book.read();
        if (!isTrade && !isChange) continue;
        putRecord(record, words, at, book);
        output.write(new Uint8Array(record.buffer));
        records++;
      }
    }
    output.finish();
  } finally {
    output?.close();
    await file.close();
  }
  return { file: to, records, unknownOrders: [...books.values()].reduce((sum, { counts }) => sum + counts.unknownOrders, 0) };
}

/** Writes the record of an order's event: its fields, and the levels of the book. Words of records: see docs/dbn-records.md. */
function putRecord(to: Uint32Array, words: Uint32Array, at: number, { bids, asks, isDoubtful }: MboBook): void {
  const codes = words[at + 9]!;
  const flags = (codes & 0xff) | (isDoubtful ? recordFlags.maybeBadBook : 0);
  to[0] = to.length | (mbp10Layout.rtypes[0]! << 8) | (words[at]! & 0xffff0000);
  for (let i = 1; i < 4; i++) to[i] = words[at + i]!; // instrument, time of the event
  for (let i = 4; i < 7; i++) to[i] = words[at + i + 2]!; // price and size, behind the order's id
  to[7] = (codes >>> 16) | (flags << 16);
  for (let i = 8; i < 12; i++) to[i] = words[at + i + 2]!; // time of receipt, delta, sequence
  for (let rank = 0, place = 12; rank < depth; rank++, place += 8) {
    putPrice(to, place, bids.price[rank]!);
    putPrice(to, place + 2, asks.price[rank]!);
    to[place + 4] = Math.min(bids.size[rank]!, 0xffffffff);
    to[place + 5] = Math.min(asks.size[rank]!, 0xffffffff);
    to[place + 6] = bids.count[rank]!;
    to[place + 7] = asks.count[rank]!;
  }
}

/** A price as two words; NaN is the undefined one. */
function putPrice(to: Uint32Array, place: number, price: number): void {
  const isDefined = !Number.isNaN(price);
  to[place] = isDefined ? price : 0xffffffff;
  to[place + 1] = isDefined ? Math.floor(price / 4_294_967_296) : 0x7fffffff;
}

interface Output {
  readonly write: (bytes: Uint8Array) => void;
  readonly finish: () => void;
  readonly close: () => void;
}

function createOutput(path: string, replace: boolean): Output {
  const buffer = new Uint8Array(bufferBytes);
  let [held, position, isOpen] = [0, 0, true];
  const guarded = <T>(run: () => T): T => {
    try {
      return run();
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST')
        throw new AssayError('conflict', 'the file exists already', {
          place: path,
          hint: 'choose another name, or replace it with --replace',
          cause,
        });
      throw writeFault(cause, path);
    }
  };
  const file = guarded(() => openSync(path, replace ? 'w' : 'wx'));
  const flush = (): void => {
    guarded(() => writeAll(file, buffer.subarray(0, held), position));
    position += held;
    held = 0;
  };
  return {
    write: (bytes) => {
      if (held + bytes.length > buffer.length) flush();
      if (bytes.length > buffer.length) {
        guarded(() => writeAll(file, bytes, position));
        position += bytes.length;
        return;
      }
      buffer.set(bytes, held);
      held += bytes.length;
    },
    finish: flush,
    close: () => {
      if (isOpen) closeSync(file);
      isOpen = false;
    },
  };
}
