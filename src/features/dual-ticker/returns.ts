import type { Recent } from '../recent.ts';
import { constantDeviation, deviationFrom, deviationOf, type Moments } from '../windows.ts';

const percent = 100;

/**
 * F6, realised volatility: population deviation of the last returns, annualised, in percent.
 * The source names five-minute returns but annualises by sqrt(252 * 390), the factor of one-minute returns, which are used here.
 */
export function realisedVolatility(returns: Moments, barsPerYear: number): number {
  return deviationFrom(returns) * (Math.sqrt(barsPerYear) * percent);
}

/** F7, volatility of volatility: deviation, in percent and not annualised, of the last short rolling deviations of the returns. */
export function volatilityOfVolatility(shortDeviations: Recent, windowBars: number): number {
  return deviationOf(shortDeviations.values, shortDeviations.start(windowBars), shortDeviations.end) * percent;
}

/** F8 and F9: biased skewness m3 / m2^1.5 and biased excess kurtosis m4 / m2^2 - 3 of the returns; both 0 in a constant window. */
export function shape({ m2, m3, m4 }: Moments): { readonly skewness: number; readonly kurtosis: number } {
  return Math.sqrt(m2) <= constantDeviation ? { skewness: 0, kurtosis: 0 } : { skewness: m3 / m2 ** 1.5, kurtosis: m4 / m2 ** 2 - 3 };
}
