import type { Bar } from '../feature-set.ts';
import type { Recent } from '../recent.ts';
import { meanOf } from '../windows.ts';

/** F1, spread proxy: (high - low) / close of the bar, a range and not a quoted spread. */
export function spread(bar: Pick<Bar, 'high' | 'low' | 'close'>, symbol: number): number {
  return (bar.high[symbol]! - bar.low[symbol]!) / bar.close[symbol]!;
}

/**
 * F3, deviation of the last close from the volume-weighted mean close of the last bars, its own included. Both series end at the session's
 * start, because prices before the overnight gap are not comparable. 0 without volume in the window.
 */
export function vwapDeviation(closes: Recent, volumes: Recent, windowBars: number): number {
  let [value, volume] = [0, 0];
  for (let i = closes.start(windowBars); i < closes.end; i++) {
    value += closes.values[i]! * volumes.values[i]!;
    volume += volumes.values[i]!;
  }
  return volume > 0 ? closes.values[closes.end - 1]! / (value / volume) - 1 : 0;
}

/** F5, momentum: deviation of the last close from the mean of the last closes, its own included; the series ends at the session's start. */
export function momentum(closes: Recent, windowBars: number): number {
  return closes.values[closes.end - 1]! / meanOf(closes.values, closes.start(windowBars), closes.end) - 1;
}
