import { z } from 'zod';
import type { Memory } from './memory.ts';

/** Settings of a trailing z-score. */
export const zscoreOptions = z
  .strictObject({
    window: z.int().min(2).max(100_000).default(60).meta({ description: 'bars of the window' }),
    minimum: z.int().min(1).optional().meta({ description: 'bars below which the value is 0; default: the whole window' }),
    include: z
      .boolean()
      .default(true)
      .meta({ description: 'whether the bar itself is in the window; without it one outlier is unbounded' }),
    sessionReset: z.boolean().default(false).meta({ description: 'whether the window begins anew with each session' }),
  })
  .refine(({ window, minimum = window }) => minimum <= window, { path: ['minimum'], message: 'more bars than the window has' });
export type ZscoreOptions = z.output<typeof zscoreOptions>;

/** A deviation below this share of the larger of 1 and the mean is rounding. */
export const roundingShare = 1e-12;

/**
 * z-scores of several series: deviation of each value from the mean of its series' last `window` ones, in population standard deviations; 0
 * while fewer than `minimum` exist or where the deviation is rounding. With the value in its window at most sqrt(window - 1).
 *
 * Time and rounding do not grow with the series: nothing is ever subtracted from a sum. The window is the end of one block of `window`
 * values and the beginning of the next; sums over every end of a block are made once when it is complete, those over the beginning grow
 * value by value (Tangwongsan, Hirzel, Schneider and Wu 2015, "General incremental sliding-window aggregation", two stacks). Each sum is of
 * distances from the newest value of the completed block. That value is in the window until the next block is complete, so the squared
 * distance of the mean from it is below `window` variances, and the variance loses at most log10(window) digits at any level of the values.
 */
export class Zscores {
  readonly #series: number;
  readonly #window: number;
  readonly #minimum: number;
  readonly #include: boolean;
  readonly #sessionReset: boolean;
  /** Values of the block that is being filled, block after block. */
  readonly #values: Float64Array;
  /** Sums of distances and of squared distances over each end of the completed block, side by side. */
  readonly #tails: Float64Array;
  /** Of each series: newest value of the completed block; sums of distances and of squared distances over the beginning of the next. */
  readonly #sums: Float64Array;
  /** [values in the block that is being filled, values in the window]. */
  readonly #counts: Int32Array;

  constructor(memory: Memory, series: number, { window, minimum = window, include, sessionReset }: ZscoreOptions) {
    this.#series = series;
    this.#window = window;
    this.#minimum = minimum;
    this.#include = include;
    this.#sessionReset = sessionReset;
    this.#values = memory.numbers(series * window);
    this.#tails = memory.numbers(series * 2 * (window + 1));
    this.#sums = memory.numbers(series * 3);
    this.#counts = memory.counts(2);
  }

  /**
   * Takes the next value of every series and writes their scores from `at` on.
   * @param begins whether a session begins with them.
   */
  next(values: Float64Array, begins: boolean, out: Float64Array, at: number): void {
    if (begins && this.#sessionReset) this.#clear();
    if (!this.#include) this.#score(values, out, at);
    this.#push(values);
    if (this.#include) this.#score(values, out, at);
  }

  #score(values: Float64Array, out: Float64Array, at: number): void {
    const sums = this.#sums;
    const tails = this.#tails;
    const n = this.#counts[1]!;
    const isEarly = n < this.#minimum || n === 0;
    const share = 1 / n;
    for (let i = 0; i < this.#series; i++) {
      const tail = 2 * (i * (this.#window + 1) + this.#counts[0]!);
      const shift = sums[3 * i]!;
      const mean = (tails[tail]! + sums[3 * i + 1]!) * share;
      const variance = (tails[tail + 1]! + sums[3 * i + 2]!) * share - mean * mean;
      const deviation = Math.sqrt(variance);
      // A variance below 0 is rounding: its root is NaN, which no comparison passes.
      const varies = !isEarly && deviation > roundingShare * Math.max(1, Math.abs(shift + mean));
      // 0 times a value that is not finite is NaN, which is refused where features are read.
      out[at + i] = varies ? (values[i]! - shift - mean) / deviation : 0 * values[i]!;
    }
  }

  #push(values: Float64Array): void {
    const sums = this.#sums;
    const counts = this.#counts;
    const at = counts[0]!;
    const isFirst = counts[1] === 0;
    for (let i = 0; i < this.#series; i++) {
      const value = values[i]!;
      if (isFirst) sums[3 * i] = value;
      const distance = value - sums[3 * i]!;
      this.#values[i * this.#window + at] = value;
      sums[3 * i + 1] = sums[3 * i + 1]! + distance;
      sums[3 * i + 2] = sums[3 * i + 2]! + distance * distance;
    }
    if (counts[1]! < this.#window) counts[1]!++;
    counts[0] = at + 1;
    if (at + 1 === this.#window) this.#completeBlock();
  }

  #completeBlock(): void {
    const window = this.#window;
    const values = this.#values;
    for (let i = 0; i < this.#series; i++) {
      const newest = values[(i + 1) * window - 1]!;
      let sum = 0;
      let squares = 0;
      for (let j = window - 1; j >= 0; j--) {
        const distance = values[i * window + j]! - newest;
        sum += distance;
        squares += distance * distance;
        const tail = 2 * (i * (window + 1) + j);
        this.#tails[tail] = sum;
        this.#tails[tail + 1] = squares;
      }
      this.#sums[3 * i] = newest;
      this.#sums[3 * i + 1] = 0;
      this.#sums[3 * i + 2] = 0;
    }
    this.#counts[0] = 0;
  }

  #clear(): void {
    this.#tails.fill(0);
    this.#sums.fill(0);
    this.#counts.fill(0);
  }
}

/** The z-score of one series: see {@link Zscores}. */
export class Zscore {
  readonly #scores: Zscores;
  readonly #value = new Float64Array(1);
  readonly #score = new Float64Array(1);

  constructor(memory: Memory, options: ZscoreOptions) {
    this.#scores = new Zscores(memory, 1, options);
  }

  /** Takes the next value and returns its score. `begins` is true for the first of a session. */
  next(value: number, begins: boolean): number {
    this.#value[0] = value;
    this.#scores.next(this.#value, begins, this.#score, 0);
    return this.#score[0]!;
  }
}
