import type { Memory } from './memory.ts';

/** Distance of the close from the volume-weighted mean of the typical prices (H + L + C) / 3 so far; 0 before the first volume. */
export class SessionVwap {
  /** [sum of typical price x volume, sum of volume]. */
  readonly #sums: Float64Array;

  constructor(memory: Memory) {
    this.#sums = memory.numbers(2);
  }

  /** @param begins whether the mean begins anew with this bar. */
  next(high: number, low: number, close: number, volume: number, begins: boolean): number {
    const sums = this.#sums;
    if (begins) sums[0] = sums[1] = 0;
    const value = sums[0]! + ((high + low + close) / 3) * volume;
    const traded = sums[1]! + volume;
    sums[0] = value;
    sums[1] = traded;
    return traded > 0 ? close / (value / traded) - 1 : 0;
  }

  /** Forgets the volume so far; returns the distance while there is none. */
  reset(): 0 {
    this.#sums.fill(0);
    return 0;
  }
}
