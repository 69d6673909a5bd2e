import type { Bar } from '../feature-set.ts';
import { LogReturn } from '../log-return.ts';
import type { Memory } from '../memory.ts';
import { Recent } from '../recent.ts';
import { deviationOf, momentsOf } from '../windows.ts';
import { momentum, spread, vwapDeviation } from './price.ts';
import { realisedVolatility, shape, volatilityOfVolatility } from './returns.ts';
import { bookImbalance, tradeIntensity } from './volume.ts';
import { windows } from './windows.ts';

/** The nine features F1 to F9 of one asset. */
export class Asset {
  readonly returns: Recent;
  readonly #barsPerYear: number;
  readonly #logReturn: LogReturn;
  readonly #shortDeviations: Recent;
  readonly #volumes: Recent;
  /** Of the session. */
  readonly #closes: Recent;
  readonly #sessionVolumes: Recent;

  constructor(memory: Memory, barsPerYear: number) {
    this.#barsPerYear = barsPerYear;
    this.returns = new Recent(memory, windows.returnBars);
    this.#logReturn = new LogReturn(memory);
    this.#shortDeviations = new Recent(memory, windows.returnBars - windows.shortReturnBars + 1);
    this.#volumes = new Recent(memory, windows.volumeBars);
    this.#closes = new Recent(memory, windows.vwapBars);
    this.#sessionVolumes = new Recent(memory, windows.vwapBars);
  }

  /** Takes symbol k's bar and writes its features from `at` on. */
  push(bar: Bar, k: number, out: Float64Array, at: number): void {
    if (bar.begins[k] === 1) {
      this.#closes.clear();
      this.#sessionVolumes.clear();
    }
    const { returns } = this;
    returns.push(this.#logReturn.next(bar, k));
    this.#shortDeviations.push(deviationOf(returns.values, returns.start(windows.shortReturnBars), returns.end));
    this.#volumes.push(bar.volume[k]!);
    this.#closes.push(bar.close[k]!);
    this.#sessionVolumes.push(bar.volume[k]!);
    const moments = momentsOf(returns.values, returns.start(windows.returnBars), returns.end);
    const { skewness, kurtosis } = shape(moments);
    out[at] = spread(bar, k);
    out[at + 1] = bookImbalance(this.#volumes, returns.newest, windows.volumeBars, windows.eps);
    out[at + 2] = vwapDeviation(this.#closes, this.#sessionVolumes, windows.vwapBars);
    out[at + 3] = tradeIntensity(this.#volumes, windows.intensityShortBars, windows.intensityLongBars);
    out[at + 4] = momentum(this.#closes, windows.momentumBars);
    out[at + 5] = realisedVolatility(moments, this.#barsPerYear);
    out[at + 6] = volatilityOfVolatility(this.#shortDeviations, windows.returnBars);
    out[at + 7] = skewness;
    out[at + 8] = kurtosis;
  }
}
