import { priceScale, recordFlags } from '../../dbn/kinds.ts';
import { mboLayout } from '../../dbn/records.ts';
import { type DbnRun, pieceBytes } from '../../dbn/runs.ts';

const recordWords = mboLayout.bytes / 4;
const [buy, sell, noSide] = Buffer.from('BAN');
const [add, cancel, trade, fill, clear] = Buffer.from('ACTFR');

export const bookInstrument = 1;
export const bookPublisher = 1;

/** Writes MBO records of one instrument, and hands them over in runs of the size that a file is read in. */
export class MboWriter {
  readonly #bytes = new Uint8Array(pieceBytes);
  readonly #words = new Uint32Array(this.#bytes.buffer);
  readonly #ints = new Int32Array(this.#bytes.buffer);
  readonly #limit = Math.floor(pieceBytes / mboLayout.bytes);
  readonly #tick: number;
  readonly #onRun: (run: DbnRun) => void;
  #count = 0;
  #sequence = 0;
  /** Words of the time that `at` counts from. */
  #low = 0;
  #high = 0;

  /** @param tick in account currency. */
  constructor(tick: number, onRun: (run: DbnRun) => void) {
    this.#tick = Math.round(tick * priceScale);
    this.#onRun = onRun;
  }

  /** Sets the time from which the next records count their nanoseconds. */
  startAt(epochMs: number): void {
    const time = BigInt(epochMs) * 1_000_000n;
    this.#low = Number(time & 0xffffffffn);
    this.#high = Number(time >> 32n);
  }

  clear(at: number): void {
    this.#write(clear!, 0, noSide!, 0, 0, at, false);
  }

  add(id: number, isBid: boolean, tick: number, size: number, at: number, isLast: boolean): void {
    this.#write(add!, id, isBid ? buy! : sell!, tick, size, at, isLast);
  }

  cancel(id: number, isBid: boolean, tick: number, size: number, at: number, isLast: boolean): void {
    this.#write(cancel!, id, isBid ? buy! : sell!, tick, size, at, isLast);
  }

  trade(isBuy: boolean, tick: number, size: number, at: number): void {
    this.#write(trade!, 0, isBuy ? buy! : sell!, tick, size, at, false);
  }

  fill(id: number, isBid: boolean, tick: number, size: number, at: number): void {
    this.#write(fill!, id, isBid ? buy! : sell!, tick, size, at, false);
  }

  /** Hands over what is left. */
  flush(): void {
    if (this.#count === 0) return;
    const views = { bytes: this.#bytes, words: this.#words, ints: this.#ints };
    this.#onRun({ ...views, rtype: mboLayout.rtypes[0]!, stride: mboLayout.bytes, count: this.#count, start: 0, offset: 0 });
    this.#count = 0;
  }

  #write(action: number, id: number, side: number, tick: number, size: number, at: number, isLast: boolean): void {
    const words = this.#words;
    const to = this.#count * recordWords;
    const time = this.#low + at;
    const price = tick * this.#tick;
    const high = this.#high + Math.floor(time / 4_294_967_296);
    words[to] = recordWords | (mboLayout.rtypes[0]! << 8) | (bookPublisher << 16);
    words[to + 1] = bookInstrument;
    words[to + 2] = time;
    words[to + 3] = high;
    words[to + 4] = id;
    words[to + 5] = Math.floor(id / 4_294_967_296);
    words[to + 6] = price;
    words[to + 7] = Math.floor(price / 4_294_967_296);
    words[to + 8] = size;
    words[to + 9] = (isLast ? recordFlags.last : 0) | (action << 16) | (side << 24);
    words[to + 10] = time;
    words[to + 11] = high;
    words[to + 12] = 0;
    words[to + 13] = this.#sequence++;
    if (++this.#count === this.#limit) this.flush();
  }
}
