import type { Recent } from '../recent.ts';
import { meanOf } from '../windows.ts';

/** Limit of the imbalance, reached only by bars of almost no volume: a hundred times a move of ten basis points. */
const imbalanceLimit = 0.1;

/**
 * F2, book imbalance proxy: the last bar's price change over its volume relative to the mean volume of the window (its own included), plus
 * eps. It is a signed measure of illiquidity and uses no order book. 0 for a bar without volume (the plain formula would give its change
 * times 1e8); limited for a bar of almost none. The window may cross the session's start, as volumes have no overnight gap.
 * @param logReturn converted to a relative change.
 */
export function bookImbalance(volumes: Recent, logReturn: number, windowBars: number, eps: number): number {
  const volume = volumes.values[volumes.end - 1]!;
  if (volume === 0) return 0;
  const relative = volume / meanOf(volumes.values, volumes.start(windowBars), volumes.end);
  const imbalance = Math.expm1(logReturn) / (relative + eps);
  return Math.max(-imbalanceLimit, Math.min(imbalanceLimit, imbalance));
}

/** F4, trade intensity: mean volume of the short window over that of the long one, minus 1; 0 without volume. */
export function tradeIntensity(volumes: Recent, shortBars: number, longBars: number): number {
  const { values, end } = volumes;
  const long = meanOf(values, volumes.start(longBars), end);
  return long > 0 ? meanOf(values, volumes.start(shortBars), end) / long - 1 : 0;
}
