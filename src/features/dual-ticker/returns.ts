import type { BarColumns } from '../../market/bars.ts';
import { columnOf, constantDeviation, deviationOf, momentsOf, windowStart } from '../windows.ts';

/** Minutes of trading in a year of 252 sessions. */
const minutesPerYear = 252 * 390;
const percent = 100;

/**
 * One-minute log returns. The return of a session's first bar is measured from its own open: an overnight return is not a one-minute
 * return and would dominate every window that contains it.
 */
export function logReturns(bars: BarColumns, starts: Int32Array): Float64Array {
  return columnOf(bars.close.length, (row) => {
    const from = starts[row] === row ? bars.open[row]! : bars.close[row - 1]!;
    return Math.log(bars.close[row]! / from);
  });
}

/**
 * F6, realised volatility: population deviation of the returns in the window, annualised, in percent.
 * The source names five-minute returns but annualises by sqrt(252 * 390), the factor of one-minute returns, which are used here.
 */
export function realisedVolatility(returns: Float64Array, windowBars: number): Float64Array {
  const scale = Math.sqrt(minutesPerYear) * percent;
  return columnOf(returns.length, (row) => deviationOf(returns, windowStart(row, windowBars), row + 1) * scale);
}

/**
 * F7, volatility of volatility: deviation, in percent and not annualised, of the short rolling deviations that lie completely within
 * the window of returns (60 returns contain 56 deviations of five).
 */
export function volatilityOfVolatility(returns: Float64Array, windowBars: number, shortBars: number): Float64Array {
  const short = columnOf(returns.length, (row) => deviationOf(returns, windowStart(row, shortBars), row + 1));
  return columnOf(returns.length, (row) => deviationOf(short, windowStart(row, windowBars - shortBars + 1), row + 1) * percent);
}

/** F8 and F9: biased skewness m3 / m2^1.5 and biased excess kurtosis m4 / m2^2 - 3 of the returns; both 0 in a constant window. */
export function shape(returns: Float64Array, windowBars: number): { skewness: Float64Array; kurtosis: Float64Array } {
  const skewness = new Float64Array(returns.length);
  const kurtosis = new Float64Array(returns.length);
  for (let row = 0; row < returns.length; row++) {
    const { m2, m3, m4 } = momentsOf(returns, windowStart(row, windowBars), row + 1);
    if (Math.sqrt(m2) <= constantDeviation) continue;
    skewness[row] = m3 / m2 ** 1.5;
    kurtosis[row] = m4 / m2 ** 2 - 3;
  }
  return { skewness, kurtosis };
}
