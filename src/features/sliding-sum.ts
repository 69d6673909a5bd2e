import type { Memory } from './memory.ts';

/**
 * Sum of the last values, in constant time a value and without drift: the end of one block of values and the beginning of the next are summed
 * separately, as in `Zscore`, and nothing is subtracted.
 */
export class SlidingSum {
  readonly #length: number;
  readonly #values: Float64Array;
  /** Sums over each end of the completed block. */
  readonly #tail: Float64Array;
  /** [sum over the block that is being filled]. */
  readonly #head: Float64Array;
  /** [values in the block that is being filled, values in the window]. */
  readonly #counts: Int32Array;

  constructor(memory: Memory, length: number) {
    this.#length = length;
    this.#values = memory.numbers(length);
    this.#tail = memory.numbers(length + 1);
    this.#head = memory.numbers(1);
    this.#counts = memory.counts(2);
  }

  /** Number of values in the window. */
  get count(): number {
    return this.#counts[1]!;
  }

  /** Takes the next value and returns the sum of the last ones, this one included. */
  next(value: number): number {
    const counts = this.#counts;
    const at = counts[0]!;
    this.#values[at] = value;
    const head = this.#head[0]! + value;
    if (counts[1]! < this.#length) counts[1]!++;
    if (at + 1 < this.#length) {
      counts[0] = at + 1;
      this.#head[0] = head;
      return this.#tail[at + 1]! + head;
    }
    let sum = 0;
    for (let i = this.#length - 1; i >= 0; i--) {
      sum += this.#values[i]!;
      this.#tail[i] = sum;
    }
    counts[0] = 0;
    this.#head[0] = 0;
    return sum;
  }

  /** Forgets all values. */
  clear(): void {
    this.#tail.fill(0);
    this.#head[0] = 0;
    this.#counts.fill(0);
  }
}
