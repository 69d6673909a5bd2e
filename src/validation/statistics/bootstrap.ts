import { createRng } from '../../core/rng.ts';
import { sharpe } from '../metrics.ts';
import { mean } from '../moments.ts';
import { blockLength } from './block-length.ts';
import { drawnMean, drawnSharpe, drawStationary, percentileInterval } from './resampling.ts';

export interface BootstrapOptions {
  /** Number of resamples. */
  readonly draws?: number;
  /** The same seed and returns give the same answer. */
  readonly seed?: string | number;
  /** Mean days of a block, at least 1; default {@link blockLength} of the returns. */
  readonly meanBlock?: number;
}

export interface SharpeInterval {
  /** Per period, as are `low` and `high`; times sqrt(periods in a year) they are annual. */
  readonly sharpe: number;
  readonly low: number;
  readonly high: number;
  /** Share of such intervals that hold the true ratio. */
  readonly level: number;
  readonly meanBlock: number;
  /** Why there is no interval, else null. */
  readonly because: string | null;
}

/**
 * Confidence interval of the Sharpe ratio per period by a stationary bootstrap (Politis and Romano 1994), 2,000 draws: the percentiles of
 * the draws mirrored at the ratio (Davison and Hinkley 1997, 5.2.1), because drawn days repeat, which makes ratios too large. 95 % intervals
 * of 60 independent days hold the true ratio in 95 % of samples, plain percentiles in 92 %; with an autocorrelation of .3 in 91 and 87 %.
 * NaN with the reason for fewer than 11 returns or returns that do not vary.
 * @throws AssayError `data_invalid` for a return that is NaN or infinite.
 * @example 250 days with a daily ratio of .1 and level .95: about -.02 to .22.
 */
export function sharpeInterval(
  returns: ArrayLike<number>,
  { level = 0.95, draws = 2000, seed = 'sharpe interval', meanBlock }: BootstrapOptions & { readonly level?: number } = {},
): SharpeInterval {
  const block = meanBlockOf([returns], meanBlock);
  const given = { sharpe: sharpe(returns), level, meanBlock: block.value, because: block.because };
  if (block.because !== null) return { ...given, low: Number.NaN, high: Number.NaN };
  const drawn = new Float64Array(draws);
  resample({ days: returns.length, meanBlock: block.value, draws, seed }, (rows, draw) => {
    drawn[draw] = drawnSharpe(returns, rows);
  });
  const { low, high } = percentileInterval(drawn, level);
  return { ...given, low: 2 * given.sharpe - high, high: 2 * given.sharpe - low };
}

export interface MeanAbove {
  readonly mean: number;
  /** Probability of a mean this large if the true one were 0; never 0, as the sample counts as one of its own draws. */
  readonly p: number;
  readonly meanBlock: number;
  readonly draws: number;
  readonly because: string | null;
}

/**
 * One-sided test that the mean of daily differences (model - baseline) is above 0: a stationary bootstrap of the differences less their
 * mean (Politis and Romano 1994), 10,000 draws. NaN with the reason for fewer than 11 differences or such that do not vary.
 * @throws AssayError `data_invalid` for a difference that is NaN or infinite.
 * @example 60 independent days whose mean is 2 standard errors above 0: p is about .025.
 */
export function meanAbove(
  differences: ArrayLike<number>,
  { draws = 10_000, seed = 'mean above', meanBlock }: BootstrapOptions = {},
): MeanAbove {
  const block = meanBlockOf([differences], meanBlock);
  const center = mean(differences);
  const given = { mean: center, meanBlock: block.value, draws, because: block.because };
  if (block.because !== null) return { ...given, p: Number.NaN };
  let above = 0;
  resample({ days: differences.length, meanBlock: block.value, draws, seed }, (rows) => {
    if (drawnMean(differences, rows) - center >= center) above++;
  });
  return { ...given, p: bootstrapProbability(above, draws) };
}

/** Probability from the number of draws at least as extreme as the sample, which counts as one more (Davison and Hinkley 1997, 4.2). */
export function bootstrapProbability(extreme: number, draws: number): number {
  return (1 + extreme) / (1 + draws);
}

/** The longest of the series' own block lengths, at least a day; NaN with the reason where one has none. */
export function meanBlockOf(
  series: readonly ArrayLike<number>[],
  wanted?: number,
): { readonly value: number; readonly because: string | null } {
  const lengths = series.map(blockLength);
  const because = lengths.find((one) => one.because !== null)?.because ?? null;
  const value = wanted ?? Math.max(1, ...lengths.map(({ stationary }) => stationary));
  return { value: because === null ? value : Number.NaN, because };
}

/** Calls `visit` with the rows of each draw; the array is used again for the next. */
export function resample(
  {
    days,
    meanBlock,
    draws,
    seed,
  }: { readonly days: number; readonly meanBlock: number; readonly draws: number; readonly seed: string | number },
  visit: (rows: Int32Array, draw: number) => void,
): void {
  const rng = createRng(seed);
  const rows = new Int32Array(days);
  for (let draw = 0; draw < draws; draw++) {
    drawStationary(rows, meanBlock, rng);
    visit(rows, draw);
  }
}
