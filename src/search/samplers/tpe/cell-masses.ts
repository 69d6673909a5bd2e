import { logNormalMass } from '../../../core/normal.ts';
import type { TpeAxis } from './axis.ts';

/** Number of bins per index of the cache: cells and kernel positions. */
const bins = 64;

/**
 * Cache of log masses of an axis's cells under normal kernels: on a stepped axis the same positions, cells and widths recur. If few
 * kernels can be skipped it halves the time of an ask (four ints modelled separately, 5,000 trials: 21 ms without, 10 with); otherwise it
 * makes no difference. A new mass replaces the old one whose cell and kernel fall into the same bins.
 */
export class CellMasses {
  readonly #low: number;
  readonly #perBin: number;
  /** Four numbers each: the cell's lower end, the kernel's position and 1 / width, the log mass. */
  readonly #entries: Float64Array = new Float64Array(4 * bins * bins).fill(Number.NaN);

  constructor({ low, high }: TpeAxis) {
    this.#low = low;
    this.#perBin = (bins - 1) / (high - low);
  }

  /** @param to upper end of the cell that starts at `from`. */
  of(from: number, to: number, mu: number, inverseWidth: number): number {
    const entries = this.#entries;
    const at = 4 * (this.#bin(from) * bins + this.#bin(mu));
    if (entries[at] === from && entries[at + 1] === mu && entries[at + 2] === inverseWidth) return entries[at + 3]!;
    const mass = logNormalMass((from - mu) * inverseWidth, (to - mu) * inverseWidth);
    entries[at] = from;
    entries[at + 1] = mu;
    entries[at + 2] = inverseWidth;
    entries[at + 3] = mass;
    return mass;
  }

  #bin(position: number): number {
    return Math.trunc((position - this.#low) * this.#perBin) & (bins - 1);
  }
}
