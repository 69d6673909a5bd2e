import type { BarColumns } from '../../market/bars.ts';
import { columnOf, meanOf, windowStart } from '../windows.ts';

/** Limit of the imbalance, reached only by bars of almost no volume: a hundred times a move of ten basis points. */
const imbalanceLimit = 0.1;

/**
 * F2, book imbalance proxy: the bar's price change over its volume relative to the mean volume of the window (this bar
 * included), plus eps. It is a signed measure of illiquidity and uses no order book. 0 for a bar without volume (the plain formula would
 * give its change times 1e8); limited for a bar of almost none. The window may cross the session's start, as volumes have no overnight
 * gap.
 * @param returns log returns, converted to relative changes.
 */
export function bookImbalance(bars: BarColumns, returns: Float64Array, windowBars: number, eps: number): Float64Array {
  return columnOf(returns.length, (row) => {
    const volume = bars.volume[row]!;
    if (volume === 0) return 0;
    const relative = volume / meanOf(bars.volume, windowStart(row, windowBars), row + 1);
    const imbalance = Math.expm1(returns[row]!) / (relative + eps);
    return Math.max(-imbalanceLimit, Math.min(imbalanceLimit, imbalance));
  });
}

/** F4, trade intensity: mean volume of the short window over that of the long one, minus 1; 0 without volume. */
export function tradeIntensity(bars: BarColumns, shortBars: number, longBars: number): Float64Array {
  return columnOf(bars.volume.length, (row) => {
    const long = meanOf(bars.volume, windowStart(row, longBars), row + 1);
    return long > 0 ? meanOf(bars.volume, windowStart(row, shortBars), row + 1) / long - 1 : 0;
  });
}
