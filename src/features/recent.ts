import type { Memory } from './memory.ts';

/**
 * The last values of a series as one contiguous range, oldest first. Each value is stored twice, a length apart, so that the range never
 * wraps around.
 */
export class Recent {
  /** The last n values are `values[end - n] .. values[end - 1]`. */
  readonly values: Float64Array;
  readonly length: number;
  /** [values pushed since the start or the last `clear`, position of the next one]. */
  readonly #cursor: Int32Array;

  constructor(memory: Memory, length: number) {
    this.length = length;
    this.values = memory.numbers(2 * length);
    this.#cursor = memory.counts(2);
  }

  push(value: number): void {
    const at = this.#cursor[1]!;
    this.values[at] = value;
    this.values[at + this.length] = value;
    this.#cursor[0]!++;
    this.#cursor[1] = at + 1 === this.length ? 0 : at + 1;
  }

  /** Forgets all values. */
  clear(): void {
    this.#cursor[0] = 0;
  }

  /** Number of values held, at most `length`. */
  get count(): number {
    return Math.min(this.#cursor[0]!, this.length);
  }

  /** One past the newest value. */
  get end(): number {
    const at = this.#cursor[1]!;
    return at === 0 ? 2 * this.length : at + this.length;
  }

  /** The last value pushed. */
  get newest(): number {
    return this.values[this.end - 1]!;
  }

  /** Start of the last `n` values, or of all there are if they are fewer. */
  start(n: number): number {
    return this.end - Math.min(n, this.count);
  }
}
