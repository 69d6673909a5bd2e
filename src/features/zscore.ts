import { z } from 'zod';
import type { Memory } from './memory.ts';

/** Settings of a trailing z-score. */
export const zscoreOptions = z.strictObject({
  window: z.int().min(2).max(100_000).default(60).meta({ description: 'bars of the window' }),
  minimum: z.int().min(1).optional().meta({ description: 'bars below which the value is 0; default: the whole window' }),
  include: z.boolean().default(true).meta({ description: 'whether the bar itself is in the window; without it one outlier is unbounded' }),
  sessionReset: z.boolean().default(false).meta({ description: 'whether the window begins anew with each session' }),
});
export type ZscoreOptions = z.output<typeof zscoreOptions>;

/** A deviation below this share of the larger of 1 and the mean is rounding: the value is 0. */
const roundingShare = 1e-12;

const [shift, head, headSquares, position, count] = [0, 1, 2, 3, 4];

/**
 * Deviation of a value from the mean of the last `window` ones, in population standard deviations; 0 while fewer than `minimum` exist or
 * where the deviation is rounding. With the value in its window at most sqrt(window - 1).
 *
 * Time and rounding do not grow with the series: nothing is ever subtracted from a sum. The window is the end of one block of `window`
 * values and the beginning of the next; sums over every end of a block are made once when it is complete, those over the beginning grow
 * value by value (Tangwongsan, Hirzel, Schneider and Wu 2015, "General incremental sliding-window aggregation", two stacks). Each sum is of
 * distances from the newest value of the completed block. That value is in the window until the next block is complete, so the squared
 * distance of the mean from it is below `window` variances, and the variance loses at most log10(window) digits at any level of the values.
 */
export class Zscore {
  readonly #window: number;
  readonly #minimum: number;
  readonly #include: boolean;
  readonly #sessionReset: boolean;
  /** Values of the block that is being filled. */
  readonly #values: Float64Array;
  /** Sums of distances and of squared distances over each end of the completed block. */
  readonly #tail: Float64Array;
  readonly #tailSquares: Float64Array;
  readonly #state: Float64Array;

  constructor(memory: Memory, { window, minimum = window, include, sessionReset }: ZscoreOptions) {
    this.#window = window;
    this.#minimum = minimum;
    this.#include = include;
    this.#sessionReset = sessionReset;
    this.#values = memory.numbers(window);
    this.#tail = memory.numbers(window + 1);
    this.#tailSquares = memory.numbers(window + 1);
    this.#state = memory.numbers(5);
  }

  /**
   * Takes the next value and returns its score.
   * @param begins whether a session begins with it.
   */
  next(value: number, begins: boolean): number {
    if (begins && this.#sessionReset) this.#clear();
    if (this.#include) {
      this.#push(value);
      return this.#score(value);
    }
    const score = this.#score(value);
    this.#push(value);
    return score;
  }

  #score(value: number): number {
    const state = this.#state;
    const n = state[count]!;
    if (n < this.#minimum || n === 0) return 0;
    const at = state[position]!;
    const mean = (this.#tail[at]! + state[head]!) / n;
    const variance = (this.#tailSquares[at]! + state[headSquares]!) / n - mean * mean;
    if (!(variance > 0)) return 0;
    const deviation = Math.sqrt(variance);
    if (deviation <= roundingShare * Math.max(1, Math.abs(state[shift]! + mean))) return 0;
    return (value - state[shift]! - mean) / deviation;
  }

  #push(value: number): void {
    const state = this.#state;
    if (state[count] === 0) state[shift] = value;
    const distance = value - state[shift]!;
    const at = state[position]!;
    this.#values[at] = value;
    state[head]! += distance;
    state[headSquares]! += distance * distance;
    if (state[count]! < this.#window) state[count]!++;
    if (at + 1 < this.#window) state[position] = at + 1;
    else this.#completeBlock(value);
  }

  #completeBlock(newest: number): void {
    const values = this.#values;
    let [sum, squares] = [0, 0];
    for (let i = this.#window - 1; i >= 0; i--) {
      const distance = values[i]! - newest;
      sum += distance;
      squares += distance * distance;
      this.#tail[i] = sum;
      this.#tailSquares[i] = squares;
    }
    const state = this.#state;
    state[shift] = newest;
    state[head] = state[headSquares] = state[position] = 0;
  }

  #clear(): void {
    this.#tail.fill(0);
    this.#tailSquares.fill(0);
    this.#state.fill(0);
  }
}
