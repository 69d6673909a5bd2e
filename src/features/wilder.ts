import type { Memory } from './memory.ts';

/**
 * Average true range (Wilder 1978): mean of the true ranges until there are `length`, then ((length - 1) x ATR + TR) / length. It goes on over
 * sessions, in the price's units. The start's weight is below 1e-12 after 373 bars at a length of 14.
 */
export class WilderRange {
  readonly #length: number;
  /** [bars so far, at most length; average; last close]. */
  readonly #state: Float64Array;

  constructor(memory: Memory, length: number) {
    this.#length = length;
    this.#state = memory.numbers(3);
  }

  /**
   * The average after a bar.
   * @param isAlone whether its true range is its own range: the close before it is not comparable.
   */
  next(high: number, low: number, close: number, isAlone: boolean): number {
    const state = this.#state;
    const count = state[0]!;
    const average = state[1]!;
    const last = state[2]!;
    const range = count === 0 || isAlone ? high - low : Math.max(high - low, Math.abs(high - last), Math.abs(low - last));
    const n = Math.min(count + 1, this.#length);
    state[0] = n;
    state[1] = (average * (n - 1) + range) / n;
    state[2] = close;
    return state[1];
  }
}
