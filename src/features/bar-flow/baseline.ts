import type { BarColumns } from '../../market/bars.ts';
import { columnOf, deviationOf, meanOf, windowStart } from '../windows.ts';

/** A deviation of volumes below this share of their mean is rounding. */
const roundingOfMean = 1e-12;

/** Deviation of the bar's volume from the window's mean, in standard deviations; 0 if all volumes are equal. */
export function volumeZscore({ volume }: BarColumns, windowBars: number): Float64Array {
  return columnOf(volume.length, (row) => {
    const from = windowStart(row, windowBars);
    const mean = meanOf(volume, from, row + 1);
    const deviation = deviationOf(volume, from, row + 1);
    return deviation <= roundingOfMean * mean ? 0 : (volume[row]! - mean) / deviation;
  });
}

/** Deviation of the close from the volume-weighted mean of the session's typical prices so far; 0 before the first volume. */
export function sessionVwapDistance({ high, low, close, volume }: BarColumns, starts: Int32Array): Float64Array {
  let [value, traded] = [0, 0];
  return columnOf(close.length, (row) => {
    if (starts[row] === row) [value, traded] = [0, 0];
    value += ((high[row]! + low[row]! + close[row]!) / 3) * volume[row]!;
    traded += volume[row]!;
    return traded > 0 ? close[row]! / (value / traded) - 1 : 0;
  });
}

/** Mean true range of the last bars over the close; the first bar of a session uses its own range only. */
export function averageTrueRange({ high, low, close }: BarColumns, starts: Int32Array, windowBars: number): Float64Array {
  const range = columnOf(close.length, (row) => {
    if (starts[row] === row) return high[row]! - low[row]!;
    return Math.max(high[row]!, close[row - 1]!) - Math.min(low[row]!, close[row - 1]!);
  });
  return columnOf(close.length, (row) => meanOf(range, windowStart(row, windowBars), row + 1) / close[row]!);
}

/** Sine or cosine of the bar's position in a session of `sessionBars` as an angle. */
export function timeOfSession(starts: Int32Array, sessionBars: number, of: (angle: number) => number): Float64Array {
  return columnOf(starts.length, (row) => of((2 * Math.PI * (row - starts[row]!)) / sessionBars));
}
