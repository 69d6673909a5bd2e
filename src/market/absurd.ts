import { AssayError } from '../core/errors.ts';
import type { BarSeries } from './bars.ts';

/** Largest plausible price in any currency; its inverse is the smallest. */
const largestPrice = 1e12;
/** Largest plausible volume of a bar. */
const largestVolume = 1e18;
/** Ratio of neighbouring prices, either way, from which on a misplaced decimal point or a split is assumed. */
const slip = 10;
/** A return beyond this number of standard deviations is a jump; the deviation is estimated from the median absolute deviation. */
const jumpDeviations = 20;
/** Log return that is never a jump: prices move in ticks, and the deviation of an asset that rarely trades is 0. */
const smallestJump = 0.01;
/** The median absolute deviation of a normal variable is its standard deviation over this. */
const normalMad = 1.4826;
/** Largest share of bars of an import that may be jumps; {@link alwaysAllowedJumps} are allowed in any case. */
const mostJumpShare = 0.005;
const alwaysAllowedJumps = 10;

/** Bars with values that are implausible in any market. */
export interface AbsurdBars {
  /** Number of close-to-close returns within a session beyond 20 robust standard deviations and 1 %, and of prices 10 times the last close or a tenth of it. */
  readonly jumps: number;
  /** Number of bars with a price above 1e12 or below 1e-12, or a volume above 1e18. */
  readonly huge: number;
  /** First bar with a price 10 times the last close or a tenth of it (null if none). */
  readonly firstSlip: number | null;
  /** First bar of `huge` (null if none). */
  readonly firstHuge: number | null;
}

/** Finds implausible bars. @param isSameSession true if a row belongs to the same session as the row before. */
export function absurdBars(series: BarSeries, isSameSession: (row: number) => boolean): AbsurdBars {
  const { high, low, close, volume } = series;
  const n = close.length;
  const within = Float64Array.from({ length: n }, (_, row) =>
    row > 0 && isSameSession(row) ? Math.log(close[row]! / close[row - 1]!) : Number.NaN,
  );
  const limit = Math.max(jumpDeviations * robustDeviation(within), smallestJump);
  let [jumps, huge] = [0, 0];
  let firstSlip: number | null = null;
  let firstHuge: number | null = null;
  for (let row = 0; row < n; row++) {
    const before = row > 0 ? close[row - 1]! : close[row]!;
    const isSlip = high[row]! >= slip * before || low[row]! <= before / slip;
    if (isSlip) firstSlip ??= row;
    if (isSlip || Math.abs(within[row]!) > limit) jumps++;
    if (high[row]! <= largestPrice && low[row]! >= 1 / largestPrice && volume[row]! <= largestVolume) continue;
    huge++;
    firstHuge ??= row;
  }
  return { jumps, huge, firstSlip, firstHuge };
}

/**
 * Refuses bars with values so extreme that they would dominate every statistic.
 * @throws AssayError `data_invalid` for a price 10 times its neighbour's, a huge price or volume, jumps in more than 0.5 % of the bars,
 * and a volume of 0 throughout.
 */
export function refuseAbsurd(series: BarSeries, found: AbsurdBars, file: string): void {
  const { jumps, huge, firstSlip, firstHuge } = found;
  const at = (row: number): string => `${file}, bar at ${new Date(series.time[row]!).toISOString()}`;
  const hint = 'correct the file; if the values are right, import it with --jumps allow';
  if (firstHuge !== null)
    throw new AssayError('data_invalid', `${huge} of ${series.time.length} bars hold a price or volume that is impossible in a market`, {
      place: at(firstHuge),
      hint,
    });
  if (firstSlip !== null)
    throw new AssayError(
      'data_invalid',
      `a price is ${slip} times the last close of ${series.close[Math.max(0, firstSlip - 1)]}, or a tenth of it: a misplaced decimal point or a split`,
      { place: at(firstSlip), hint },
    );
  if (jumps > Math.max(alwaysAllowedJumps, mostJumpShare * series.time.length))
    throw new AssayError(
      'data_invalid',
      `${jumps} of ${series.time.length} bars jump by more than ${jumpDeviations} deviations of the returns between them`,
      { place: file, hint },
    );
  if (series.volume.every((volume) => volume === 0))
    throw new AssayError('data_invalid', 'the volume is 0 in every bar', { place: file, hint });
}

/** Standard deviation of the finite values, from their median absolute deviation; 0 if half of them are equal. */
function robustDeviation(values: Float64Array): number {
  const numbers = values.filter(Number.isFinite);
  const center = median(numbers);
  return normalMad * median(numbers.map((value) => Math.abs(value - center)));
}

/** Median; NaN for an empty array. */
function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
