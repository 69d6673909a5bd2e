import type { Memory } from './memory.ts';

/**
 * Average true range (Wilder 1978): mean of the true ranges until there are `length`, then ((length - 1) x ATR + TR) / length. It goes on over
 * sessions, in the price's units. The true range of a session's or contract's first bar is its own range. The start's weight is below 1e-12
 * after 373 bars at a length of 14.
 */
export class WilderRange {
  readonly #length: number;
  readonly #gap: boolean;
  /** [bars so far, at most length; average; last close]. */
  readonly #state: Float64Array;

  /** @param gap whether a session's first bar is measured from the close before it. */
  constructor(memory: Memory, length: number, gap = false) {
    this.#length = length;
    this.#gap = gap;
    this.#state = memory.numbers(3);
  }

  /** The average after a bar; `begins` is true for the first of a session. */
  next(high: number, low: number, close: number, begins: boolean): number {
    const state = this.#state;
    const count = state[0]!;
    const average = state[1]!;
    const last = state[2]!;
    const own = count === 0 || (begins && !this.#gap);
    const range = own ? high - low : Math.max(high - low, Math.abs(high - last), Math.abs(low - last));
    const n = Math.min(count + 1, this.#length);
    state[0] = n;
    state[1] = (average * (n - 1) + range) / n;
    state[2] = close;
    return state[1];
  }
}
