import { mean, sampleVariance } from '../moments.ts';
import { checkReturns } from './returns.ts';

/** Standard error of a mean of returns that may depend on each other. */
export interface MeanError {
  /** floor(4 (n/100)^(2/9)) (Newey and West 1994). */
  readonly lags: number;
  /** Of the mean, by Newey and West 1987 with Bartlett's weights and no correction for small samples. */
  readonly standardError: number;
  /** Of the mean of independent returns: standard deviation (ddof 1) / sqrt(n). */
  readonly iid: number;
  /** Of lag 1. */
  readonly autocorrelation: number;
  /** True if the autocorrelation is beyond two standard errors, 2 / sqrt(n): then `standardError` is the one to use, else `iid`. */
  readonly dependent: boolean;
}

/**
 * Standard errors of the mean of returns per period, in their unit. NaN for fewer than two, or equal ones.
 * @throws AssayError `data_invalid` for a return that is NaN or infinite.
 * @example Returns with an autocorrelation of .5 over 120 days: 4 lags, 1.47 times the error of independent ones.
 */
export function meanError(returns: ArrayLike<number>): MeanError {
  checkReturns(returns, 'returns');
  const n = returns.length;
  const center = mean(returns);
  const covariance = (lag: number): number => {
    let sum = 0;
    for (let t = lag; t < n; t++) sum += (returns[t]! - center) * (returns[t - lag]! - center);
    return sum / n;
  };
  const lags = Math.min(Math.floor(4 * (n / 100) ** (2 / 9)), Math.max(n - 1, 0));
  const variance = covariance(0);
  let longRun = variance;
  for (let lag = 1; lag <= lags; lag++) longRun += 2 * (1 - lag / (lags + 1)) * covariance(lag);
  const autocorrelation = variance > 0 ? covariance(1) / variance : Number.NaN;
  return {
    lags,
    standardError: variance > 0 ? Math.sqrt(longRun / n) : Number.NaN,
    iid: Math.sqrt(sampleVariance(returns) / n),
    autocorrelation,
    dependent: Math.abs(autocorrelation) > 2 / Math.sqrt(n),
  };
}
