import { normalCdf, normalQuantile } from '../core/normal.ts';
import { sharpe } from './metrics.ts';
import { kurtosis, sampleVariance, skewness } from './moments.ts';
import { varies } from './variation.ts';

/**
 * Probability that a Sharpe ratio is skill, given its sample and the number of trials that it was selected from (Bailey and Lopez de
 * Prado 2012, 2014). All Sharpe ratios here are per period, not annualised. NaN in, NaN out.
 */

/** Statistics of a sample of returns. */
export interface SharpeSample {
  readonly sharpe: number;
  readonly periods: number;
  readonly skewness: number;
  /** Raw: 3 for a normal distribution. */
  readonly kurtosis: number;
}

/** Statistics of these returns; all but `periods` are NaN if the returns do not vary. */
export function sampleOf(returns: ArrayLike<number>): SharpeSample {
  const periods = returns.length;
  if (!varies(returns)) return { sharpe: Number.NaN, periods, skewness: Number.NaN, kurtosis: Number.NaN };
  return { sharpe: sharpe(returns), periods, skewness: skewness(returns), kurtosis: kurtosis(returns) };
}

/** Variance of the Sharpe ratios of several trials; NaN if they do not vary, as the best that luck would show is unknown then. */
export function varianceOfTrials(sharpes: ArrayLike<number>): number {
  return varies(sharpes) ? sampleVariance(sharpes) : Number.NaN;
}

/**
 * Variance of the Sharpe ratios that trials without skill show over `days`: 1 / (days - 1). That of an inner validation of T_in days, scaled to
 * T days by (T_in - 1) / (T - 1), is the same. It needs no trial's ratio, so nothing that stops trials moves it.
 */
export function varianceWithoutSkill(days: number): number {
  return days > 1 ? 1 / (days - 1) : Number.NaN;
}

/** Variance of the estimated Sharpe ratio times (periods - 1) (Mertens 2002). */
function estimationVariance({ sharpe: s, skewness: g3, kurtosis: g4 }: SharpeSample): number {
  return 1 - g3 * s + ((g4 - 1) / 4) * s * s;
}

/** Probability that the true Sharpe ratio is above `benchmark`. */
export function probabilisticSharpe(sample: SharpeSample, benchmark: number): number {
  return normalCdf(((sample.sharpe - benchmark) * Math.sqrt(sample.periods - 1)) / Math.sqrt(estimationVariance(sample)));
}

/** Number of periods at which the probability that the true Sharpe ratio is above `benchmark` reaches `confidence`. */
export function minimumTrackRecord(sample: Omit<SharpeSample, 'periods'>, benchmark: number, confidence = 0.95): number {
  if (!(sample.sharpe > benchmark)) return Number.NaN;
  const z = normalQuantile(confidence) / (sample.sharpe - benchmark);
  return 1 + estimationVariance({ ...sample, periods: Number.NaN }) * z * z;
}

const eulerGamma = 0.5772156649015329;

/**
 * Expected largest Sharpe ratio among `trials` trials without skill whose estimates have this variance. 0 for one trial, which was not
 * selected.
 */
export function expectedMaximumSharpe(variance: number, trials: number): number {
  if (trials === 1) return 0;
  if (!(trials > 1) || !(variance >= 0)) return Number.NaN;
  const quantiles = (1 - eulerGamma) * normalQuantile(1 - 1 / trials) + eulerGamma * normalQuantile(1 - 1 / (trials * Math.E));
  return Math.sqrt(variance) * quantiles;
}

/** Probability that the true Sharpe ratio is above the expected best of `trials` trials without skill. */
export function deflatedSharpe(sample: SharpeSample, variance: number, trials: number): number {
  return probabilisticSharpe(sample, expectedMaximumSharpe(variance, trials));
}

/** Number of independent trials equivalent to `trials` trials with this average correlation. */
export function effectiveTrials(trials: number, averageCorrelation: number): number {
  return averageCorrelation + (1 - averageCorrelation) * trials;
}

/** Mean correlation of all pairs of return series of equal length; series without variation are left out. NaN for fewer than two. */
export function averageCorrelation(series: readonly ArrayLike<number>[]): number {
  const standardised = series.map(standardise).filter((one) => one !== null);
  const n = standardised.length;
  if (n < 2) return Number.NaN;
  const periods = standardised[0]!.length;
  // The sum of all n^2 correlations is the squared length of the summed vectors.
  let squares = 0;
  for (let t = 0; t < periods; t++) {
    let sum = 0;
    for (const one of standardised) sum += one[t]!;
    squares += sum * sum;
  }
  return (squares - n) / (n * (n - 1));
}

function standardise(values: ArrayLike<number>): Float64Array | null {
  const centred = Float64Array.from(values);
  const center = centred.reduce((sum, value) => sum + value, 0) / centred.length;
  for (let t = 0; t < centred.length; t++) centred[t]! -= center;
  const length = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0));
  return varies(values) ? centred.map((value) => value / length) : null;
}
