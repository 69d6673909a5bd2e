import { normalCdf } from '../../core/normal.ts';
import type { Recent } from '../recent.ts';
import { deviationOf, meanOf } from '../windows.ts';

/**
 * Signed volume of the last bar, relative to the mean volume of the window: share bought minus share sold by bulk volume classification
 * (Easley, Lopez de Prado & O'Hara 2012, equation 2), bought = Phi(return / deviation of returns). Estimated from bars, without an order
 * book. 0 without volume or price changes in the window.
 */
export function signedFlow(volumes: Recent, returns: Recent): number {
  const deviation = deviationOf(returns.values, returns.start(returns.length), returns.end);
  const volume = meanOf(volumes.values, volumes.start(volumes.length), volumes.end);
  if (deviation === 0 || volume === 0) return 0;
  return ((2 * normalCdf(returns.newest / deviation) - 1) * volumes.newest) / volume;
}

/** Mean of all values held. */
export function meanOfRecent(recent: Recent): number {
  return meanOf(recent.values, recent.start(recent.length), recent.end);
}

/** Position of the close within the bar's range, from -1 at the low to 1 at the high; 0 for a bar without range. */
export function closeLocation(high: number, low: number, close: number): number {
  const range = high - low;
  return range > 0 ? (2 * close - high - low) / range : 0;
}

/** Relative volume over relative range of the last bar, minus 1: high if much was traded and prices hardly moved. At most `limit` - 1. */
export function absorption(volumes: Recent, ranges: Recent, limit: number): number {
  const [meanVolume, meanRange] = [meanOfRecent(volumes), meanOfRecent(ranges)];
  if (meanVolume === 0 || meanRange === 0) return 0;
  const relativeRange = Math.max(ranges.newest / meanRange, 1 / limit);
  return Math.min(volumes.newest / meanVolume / relativeRange, limit) - 1;
}
