import { notFinite } from '../bar-reader.ts';
import type { Bar } from '../feature-set.ts';
import type { Memory } from '../memory.ts';
import { SlidingSum } from '../sliding-sum.ts';

/** Id of the inputs below, kept with every model. */
export const regimeInputsId = 'hmm-inputs@1';
/** Number of inputs of a row. */
export const regimeInputs = 2;

/** Ranges are counted in basis points of the close. */
const basisPoints = 10_000;

/**
 * The inputs of regimes, of one symbol: sum of the log returns, and mean of ln(1 + 10,000 (H - L) / C), of the last bars of the session
 * (fewer at its start). The sum of the returns is the return over all of them, from the session's own open at its start. Inputs of one bar
 * switch regimes every few minutes; 15 bars are the default.
 */
export class RegimeInputs {
  /** [return, range] after the last bar. */
  readonly values = new Float64Array(regimeInputs);
  readonly #bars: number;
  /** Closes of the last bars, at their number in the session modulo their count. */
  readonly #closes: Float64Array;
  /** [open of the session's first bar]. */
  readonly #open: Float64Array;
  /** [bars of the session before this one, place of the next close]. */
  readonly #counts: Int32Array;
  readonly #ranges: SlidingSum;

  constructor(memory: Memory, bars: number) {
    this.#bars = bars;
    this.#closes = memory.numbers(bars);
    this.#open = memory.numbers(1);
    this.#counts = memory.counts(2);
    this.#ranges = new SlidingSum(memory, bars);
  }

  /** Takes symbol k's bar. @throws AssayError `not_finite` for inputs of prices that are not positive. */
  push(bar: Bar, k: number): void {
    const counts = this.#counts;
    const close = bar.close[k]!;
    if (bar.begins[k] === 1) {
      this.#open[0] = bar.open[k]!;
      counts.fill(0);
      this.#ranges.clear();
    }
    const place = counts[1]!;
    const from = counts[0]! < this.#bars ? this.#open[0]! : this.#closes[place]!;
    this.#closes[place] = close;
    counts[0]!++;
    counts[1] = place + 1 === this.#bars ? 0 : place + 1;
    const range = this.#ranges.next(Math.log1p((basisPoints * (bar.high[k]! - bar.low[k]!)) / close));
    this.values[0] = Math.log(close / from);
    this.values[1] = range / this.#ranges.count;
    // A filter would keep it for good, and its most likely state would not show it.
    if (!Number.isFinite(this.values[0] + this.values[1]))
      throw notFinite('an input of the regimes', this.values[0] + this.values[1], bar.time);
  }
}
