import type { MboWriter } from './mbo-writer.ts';

interface Order {
  readonly id: number;
  size: number;
}

/** Levels that a side holds: more than are read of it, so that a level never comes from nowhere. */
const sideLevels = 14;
/** Least size of the best level between two moves of the price. */
const leastSize = 4;

/**
 * Both sides of a generated book, order by order: sizes at each tick from the best on. What changes it is written as MBO records at once, one
 * event a call.
 */
export class Ladder {
  readonly #writer: MboWriter;
  readonly #sizeOf: () => number;
  /** From the best level on; the tick of the first is `bid` or `bid + spread`. */
  readonly #bids: Order[][] = [];
  readonly #asks: Order[][] = [];
  #bid: number;
  #spread = 1;
  #nextId = 1;

  /** Fills both sides at a first best bid. @param sizeOf draws the size of a new level. */
  constructor(bid: number, writer: MboWriter, sizeOf: () => number) {
    this.#bid = bid;
    this.#writer = writer;
    this.#sizeOf = sizeOf;
  }

  /** Best bid in ticks. */
  get bid(): number {
    return this.#bid;
  }

  /** Clears the book and fills it anew. */
  open(at: number): void {
    this.#writer.clear(at);
    for (const side of [this.#bids, this.#asks]) {
      side.length = 0;
      for (let rank = 0; rank < sideLevels; rank++)
        this.#rest(side, rank, this.#sizeOf(), at, rank === sideLevels - 1 && side === this.#asks);
    }
  }

  /** Adds to a level's queue, or with a negative size takes from it as far as something stays. Rank 0 is the best level. */
  queue(isBid: boolean, rank: number, size: number, at: number): void {
    const side = isBid ? this.#bids : this.#asks;
    if (size > 0) {
      this.#rest(side, rank, size, at, true);
      return;
    }
    const taken = Math.min(-size, sizeOf(side[rank]!) - leastSize);
    if (taken > 0) this.#cancel(side, rank, taken, at, true);
  }

  /** A trade with the best level that leaves something of it. */
  trade(isBuy: boolean, size: number, at: number): void {
    const side = isBuy ? this.#asks : this.#bids;
    const taken = Math.min(size, sizeOf(side[0]!) - leastSize);
    if (taken > 0) this.#take(side, taken, at);
  }

  /** Trades with all of the best level: the spread is one tick wider until {@link follow}. */
  sweep(isBuy: boolean, at: number): void {
    const side = isBuy ? this.#asks : this.#bids;
    this.#take(side, sizeOf(side[0]!), at);
    side.shift();
    if (!isBuy) this.#bid--;
    this.#spread++;
    side.push([]);
    this.#rest(side, sideLevels - 1, this.#sizeOf(), at, true);
  }

  /** The other side moves to the new price; of the queue that it leaves behind stays what a new level has, and its last level goes. */
  follow(isBuy: boolean, at: number): void {
    const side = isBuy ? this.#bids : this.#asks;
    side.unshift([]);
    if (isBuy) this.#bid++;
    this.#spread--;
    this.#rest(side, 0, this.#sizeOf(), at, true);
    const excess = sizeOf(side[1]!) - this.#sizeOf();
    if (excess > 0) this.#cancel(side, 1, excess, at, true);
    this.#cancel(side, sideLevels, sizeOf(side[sideLevels]!), at, true);
    side.pop();
  }

  #rest(side: Order[][], rank: number, size: number, at: number, isLast: boolean): void {
    const order = { id: this.#nextId++, size };
    const level = side[rank];
    if (level === undefined) side[rank] = [order];
    else level.push(order);
    this.#writer.add(order.id, side === this.#bids, this.#tickOf(side, rank), size, at, isLast);
  }

  /** The youngest orders leave first. */
  #cancel(side: Order[][], rank: number, size: number, at: number, isLast: boolean): void {
    const level = side[rank]!;
    for (let left = size; left > 0; ) {
      const order = level.at(-1)!;
      const taken = Math.min(left, order.size);
      left -= taken;
      order.size -= taken;
      if (order.size === 0) level.pop();
      this.#writer.cancel(order.id, side === this.#bids, this.#tickOf(side, rank), taken, at, isLast && left === 0);
    }
  }

  /** One trade; the oldest orders are filled first. */
  #take(side: Order[][], size: number, at: number): void {
    const level = side[0]!;
    const tick = this.#tickOf(side, 0);
    this.#writer.trade(side === this.#asks, tick, size, at);
    for (let left = size; left > 0; ) {
      const order = level[0]!;
      const taken = Math.min(left, order.size);
      left -= taken;
      order.size -= taken;
      if (order.size === 0) level.shift();
      this.#writer.fill(order.id, side === this.#bids, tick, taken, at);
      this.#writer.cancel(order.id, side === this.#bids, tick, taken, at, left === 0);
    }
  }

  #tickOf(side: Order[][], rank: number): number {
    return side === this.#bids ? this.#bid - rank : this.#bid + this.#spread + rank;
  }
}

function sizeOf(level: readonly Order[]): number {
  return level.reduce((sum, order) => sum + order.size, 0);
}
