import type { BarColumns } from '../../market/bars.ts';
import { columnOf, meanOf, windowStart } from '../windows.ts';

/** A hundred times a move of ten basis points: what a bar of almost no volume may claim at most. */
const imbalanceLimit = 0.1;

/**
 * F2, book imbalance proxy: the bar's price change over its volume relative to the mean volume of the window (this bar
 * included), plus eps. It is a measure of illiquidity with a sign; there is no order book in it. A bar without volume has no
 * imbalance (the bare formula would give its change times 1e8), and a bar of almost none is limited.
 * The window reaches over the session's start: volumes, unlike prices, have no gap there.
 * @param returns log returns, turned back into relative changes.
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

/** F4, trade intensity: mean volume of the last few bars over that of the last many, less 1; 0 where nothing was traded. */
export function tradeIntensity(bars: BarColumns, shortBars: number, longBars: number): Float64Array {
  return columnOf(bars.volume.length, (row) => {
    const long = meanOf(bars.volume, windowStart(row, longBars), row + 1);
    return long > 0 ? meanOf(bars.volume, windowStart(row, shortBars), row + 1) / long - 1 : 0;
  });
}
