import { normalCdf } from '../../core/normal.ts';
import type { BarColumns } from '../../market/bars.ts';
import { columnOf, deviationOf, meanOf, windowStart } from '../windows.ts';

/**
 * Signed volume of a bar, relative to the mean volume of the window: share bought minus share sold by bulk volume classification
 * (Easley, Lopez de Prado & O'Hara 2012, equation 2), bought = Phi(return / deviation of returns). Estimated from bars, without an order
 * book. 0 without volume or price changes in the window.
 */
export function signedFlow(bars: BarColumns, returns: Float64Array, windowBars: number): Float64Array {
  return columnOf(returns.length, (row) => {
    const from = windowStart(row, windowBars);
    const [deviation, volume] = [deviationOf(returns, from, row + 1), meanOf(bars.volume, from, row + 1)];
    if (deviation === 0 || volume === 0) return 0;
    return ((2 * normalCdf(returns[row]! / deviation) - 1) * bars.volume[row]!) / volume;
  });
}

/** Sum of the last bars' flow. */
export function cumulativeFlow(flow: Float64Array, windowBars: number): Float64Array {
  return columnOf(flow.length, (row) => {
    const from = windowStart(row, windowBars);
    return meanOf(flow, from, row + 1) * (row + 1 - from);
  });
}

/** Mean sign of the last bars' flow, in [-1, 1]: 1 where every bar was bought. */
export function flowPersistence(flow: Float64Array, windowBars: number): Float64Array {
  const signs = flow.map(Math.sign);
  return columnOf(flow.length, (row) => meanOf(signs, windowStart(row, windowBars), row + 1));
}

/** Position of the close within the bar's range, from -1 at the low to 1 at the high, averaged over the last bars; 0 for a bar without range. */
export function closeLocation({ high, low, close }: BarColumns, windowBars: number): Float64Array {
  const own = columnOf(close.length, (row) => {
    const range = high[row]! - low[row]!;
    return range > 0 ? (2 * close[row]! - high[row]! - low[row]!) / range : 0;
  });
  return columnOf(close.length, (row) => meanOf(own, windowStart(row, windowBars), row + 1));
}

/** Relative volume over relative range, minus 1: high if much was traded and prices hardly moved. At most `limit` - 1. */
export function absorption(bars: BarColumns, windowBars: number, limit: number): Float64Array {
  const { high, low, volume } = bars;
  const range = high.map((top, row) => top - low[row]!);
  return columnOf(volume.length, (row) => {
    const from = windowStart(row, windowBars);
    const [meanVolume, meanRange] = [meanOf(volume, from, row + 1), meanOf(range, from, row + 1)];
    if (meanVolume === 0 || meanRange === 0) return 0;
    const relativeRange = Math.max(range[row]! / meanRange, 1 / limit);
    return Math.min(volume[row]! / meanVolume / relativeRange, limit) - 1;
  });
}
