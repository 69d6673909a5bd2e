import type { Bar } from '../feature-set.ts';
import { LogReturn } from '../log-return.ts';
import type { Memory } from '../memory.ts';
import { Recent } from '../recent.ts';

/** Id of the inputs below, kept with every model. */
export const regimeInputsId = 'hmm-inputs@1';
/** Number of inputs of a row. */
export const regimeInputs = 2;

/** Ranges are counted in basis points of the close. */
const basisPoints = 10_000;

/**
 * The inputs of regimes, of one symbol: sum of the log returns, and mean of ln(1 + 10,000 (H - L) / C), of the last bars of the session
 * (fewer at its start). Inputs of one bar switch regimes every few minutes; 15 bars are the default.
 */
export class RegimeInputs {
  /** [return, range] after the last bar. */
  readonly values = new Float64Array(regimeInputs);
  readonly #logReturn: LogReturn;
  readonly #returns: Recent;
  readonly #ranges: Recent;

  constructor(memory: Memory, bars: number) {
    this.#logReturn = new LogReturn(memory);
    this.#returns = new Recent(memory, bars);
    this.#ranges = new Recent(memory, bars);
  }

  /** Takes symbol k's bar. */
  push(bar: Bar, k: number): void {
    if (bar.begins[k] === 1) {
      this.#returns.clear();
      this.#ranges.clear();
    }
    this.#returns.push(this.#logReturn.next(bar, k));
    this.#ranges.push(Math.log1p((basisPoints * (bar.high[k]! - bar.low[k]!)) / bar.close[k]!));
    this.values[0] = sumOf(this.#returns);
    this.values[1] = sumOf(this.#ranges) / this.#ranges.count;
  }
}

function sumOf(recent: Recent): number {
  let sum = 0;
  for (let i = recent.start(recent.length); i < recent.end; i++) sum += recent.values[i]!;
  return sum;
}
