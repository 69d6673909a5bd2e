import type { BarColumns } from '../../market/bars.ts';
import { columnOf, meanOf, windowStart } from '../windows.ts';

/** F1, spread proxy: (high - low) / close of the bar, a range and not a quoted spread. */
export function spread(bars: BarColumns): Float64Array {
  return columnOf(bars.close.length, (row) => (bars.high[row]! - bars.low[row]!) / bars.close[row]!);
}

/**
 * F3, deviation of the close from the volume-weighted mean close of the last bars, this one included. The window ends at the session's
 * start, because prices before the overnight gap are not comparable. 0 without volume in the window.
 */
export function vwapDeviation(bars: BarColumns, starts: Int32Array, windowBars: number): Float64Array {
  return columnOf(bars.close.length, (row) => {
    let [value, volume] = [0, 0];
    for (let i = Math.max(starts[row]!, windowStart(row, windowBars)); i <= row; i++) {
      value += bars.close[i]! * bars.volume[i]!;
      volume += bars.volume[i]!;
    }
    return volume > 0 ? bars.close[row]! / (value / volume) - 1 : 0;
  });
}

/** F5, momentum: deviation of the close from the mean of the last closes, this one included, within the session. */
export function momentum(bars: BarColumns, starts: Int32Array, windowBars: number): Float64Array {
  return columnOf(bars.close.length, (row) => {
    const from = Math.max(starts[row]!, windowStart(row, windowBars));
    return bars.close[row]! / meanOf(bars.close, from, row + 1) - 1;
  });
}
