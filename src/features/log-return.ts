import type { Bar } from './feature-set.ts';
import type { Memory } from './memory.ts';

/**
 * One-bar log returns. The return of a session's or contract's first bar is measured from its own open: an overnight return is not a
 * one-minute return and would dominate every window that contains it, and the step from one contract's price to the next one's is none.
 */
export class LogReturn {
  readonly #lastClose: Float64Array;

  constructor(memory: Memory) {
    this.#lastClose = memory.numbers(1);
  }

  /** The return of symbol k's bar. */
  next(bar: Bar, k: number): number {
    const close = bar.close[k]!;
    const value = Math.log(close / (bar.begins[k] === 1 ? bar.open[k]! : this.#lastClose[0]!));
    this.#lastClose[0] = close;
    return value;
  }
}
