import { AssayError } from '../../core/errors.ts';
import { recordFlags } from '../dbn/kinds.ts';
import { askSide, bidSide, OrderTable } from './orders.ts';
import { BookSide, emptyLevels, type Levels } from './side.ts';

/** Actions by their character's code. */
const [add, cancel, modify, clear, trade, fill, none] = Buffer.from('ACMRTFN');
const [bid, ask] = Buffer.from('BA');

/** What a book met that does not fit it. */
export interface BookCounts {
  /** Cancels and changes of orders that it does not hold. */
  unknownOrders: number;
  /** Orders added under an id that rests already; the new one takes its place. */
  repeatedOrders: number;
  /** Orders without a side. */
  sidelessOrders: number;
  /** Records with an action that the format does not have. */
  unknownActions: number;
}

/**
 * The book of one instrument from its orders (MBO records): add, cancel by an amount, modify price and size, clear; trades and fills leave it
 * as it is, a cancel follows them. Read it only after a record that is the last of its event.
 */
export class MboBook {
  readonly bids: Levels = emptyLevels();
  readonly asks: Levels = emptyLevels();
  readonly counts: BookCounts = { unknownOrders: 0, repeatedOrders: 0, sidelessOrders: 0, unknownActions: 0 };
  /** True after an unknown order until the next clear: the file began without a snapshot, or lost records. */
  isDoubtful = false;
  readonly #orders = new OrderTable();
  readonly #bidSide = new BookSide();
  readonly #askSide = new BookSide();
  readonly #tick: number;
  readonly #place: string;

  /** @param tick in units of 1e-9. */
  constructor(tick: number, place: string) {
    this.#tick = tick;
    this.#place = place;
  }

  /** Number of resting orders. */
  get orders(): number {
    return this.#orders.count;
  }

  /**
   * Takes one record.
   * @param words the piece that holds it, also as `ints`.
   * @param at the record's first word.
   * @throws AssayError `data_invalid` for a price that is no multiple of the tick, or more than 2^31 ticks.
   */
  apply(words: Uint32Array, ints: Int32Array, at: number): void {
    const codes = words[at + 9]!;
    const action = (codes >>> 16) & 0xff;
    if (action === trade || action === fill || action === none) return;
    if (action === clear) {
      this.clear();
      return;
    }
    const low = ints[at + 4]!;
    const high = ints[at + 5]!;
    const size = words[at + 8]!;
    if (action === cancel) {
      this.#cancel(low, high, size);
      return;
    }
    if (action !== add && action !== modify) {
      this.counts.unknownActions++;
      return;
    }
    const sideCode = codes >>> 24;
    const side = sideCode === bid ? bidSide : sideCode === ask ? askSide : 0;
    if (side === 0) {
      this.counts.sidelessOrders++;
      return;
    }
    if ((codes & recordFlags.topOfBook) !== 0) this.#clearSide(side);
    const priceHigh = ints[at + 7]!;
    const priceLow = words[at + 6]!;
    // A top-of-book feed says with an undefined price that a side is empty.
    if (priceHigh === 0x7fffffff && priceLow === 0xffffffff) return;
    const tick = this.#tickOf(priceHigh * 4294967296 + priceLow);
    this.#rest(low, high, side, size, tick, action === modify);
  }

  #rest(low: number, high: number, side: number, size: number, tick: number, isModify: boolean): void {
    const slot = this.#orders.find(low, high);
    if (slot < 0) {
      if (isModify) this.#doubt();
      if (size === 0) return;
      this.#orders.add(low, high, side, size, tick);
      this.#change(side, tick, size, 1);
      return;
    }
    if (!isModify) this.counts.repeatedOrders++;
    const oldSide = this.#orders.sideOf(slot);
    const oldTick = this.#orders.tickOf(slot);
    const oldSize = this.#orders.sizeOf(slot);
    if (size === 0) {
      this.#orders.remove(slot);
      this.#change(oldSide, oldTick, -oldSize, -1);
      return;
    }
    this.#orders.move(slot, side, size, tick);
    if (oldSide === side && oldTick === tick) this.#change(side, tick, size - oldSize, 0);
    else {
      this.#change(oldSide, oldTick, -oldSize, -1);
      this.#change(side, tick, size, 1);
    }
  }

  #cancel(low: number, high: number, size: number): void {
    const slot = this.#orders.find(low, high);
    if (slot < 0) {
      this.#doubt();
      return;
    }
    const before = this.#orders.sizeOf(slot);
    const side = this.#orders.sideOf(slot);
    const tick = this.#orders.tickOf(slot);
    if (size >= before) {
      this.#orders.remove(slot);
      this.#change(side, tick, -before, -1);
    } else {
      this.#orders.resize(slot, before - size);
      this.#change(side, tick, -size, 0);
    }
  }

  #change(side: number, tick: number, size: number, orders: number): void {
    if (side === bidSide) this.#bidSide.change(tick, size, orders);
    else this.#askSide.change(-tick, size, orders);
  }

  #doubt(): void {
    this.counts.unknownOrders++;
    this.isDoubtful = true;
  }

  clear(): void {
    this.#orders.clear();
    this.#bidSide.clear();
    this.#askSide.clear();
    this.isDoubtful = false;
  }

  #clearSide(side: number): void {
    this.#orders.clearSide(side);
    (side === bidSide ? this.#bidSide : this.#askSide).clear();
  }

  #tickOf(price: number): number {
    const tick = Math.round(price / this.#tick);
    if (tick * this.#tick === price && tick === (tick | 0)) return tick;
    throw new AssayError('data_invalid', `an order at ${price / 1e9} is no whole number of ticks of ${this.#tick / 1e9}`, {
      place: this.#place,
      hint: 'declare the tick of the instrument with --tick, or its definitions with --definitions',
    });
  }

  /** Brings `bids` and `asks` up to date. @returns true if any of the ten levels changed since the last call. */
  read(): boolean {
    const hasBids = this.#bidSide.isChanged && this.#bidSide.read(this.bids, this.#tick);
    const hasAsks = this.#askSide.isChanged && this.#askSide.read(this.asks, -this.#tick);
    return hasBids || hasAsks;
  }
}
