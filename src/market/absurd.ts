import { AssayError } from '../core/errors.ts';
import type { BarSeries } from './bars.ts';

/** Beyond this no market quotes a price, in any currency; below its inverse neither. */
const largestPrice = 1e12;
/** More units than any asset has. */
const largestVolume = 1e18;
/** A price that is so many times the one before, or the one before so many times it: a slip of the decimal point, or a split. */
const slip = 10;
/** Deviations of the returns within sessions, estimated from their median absolute deviation. */
const jumpDeviations = 20;
/** Log return that is no jump however calm the market is: prices move in ticks, and an asset that hardly trades has no deviation at all. */
const smallestJump = 0.01;
/** The median absolute deviation of a normal variable is its standard deviation over this. */
const normalMad = 1.4826;
/** Jumps of an import beyond which it is refused: markets have some. */
const mostJumpShare = 0.005;
const alwaysAllowedJumps = 10;

/** Bars whose figures no market shows, or only on its wildest days. */
export interface AbsurdBars {
  /** Close-to-close returns within a session beyond 20 robust standard deviations and 1 %, and prices 10 times the last close or a tenth of it. */
  readonly jumps: number;
  /** Prices beyond 1e12 or below 1e-12, volumes beyond 1e18. */
  readonly huge: number;
  /** The first bar of the second kind of jump; null: none. */
  readonly firstSlip: number | null;
  /** The first of `huge`; null: none. */
  readonly firstHuge: number | null;
}

/** @param isSameSession whether a bar belongs to the session of the one before. */
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
 * Refuses bars of which one figure would rule everything that is computed from them.
 * @throws AssayError `data_invalid` for a price 10 times its neighbour's, a huge price or volume, jumps in more than 0.5 % of the bars,
 * and a volume of 0 throughout.
 */
export function refuseAbsurd(series: BarSeries, found: AbsurdBars, file: string): void {
  const { jumps, huge, firstSlip, firstHuge } = found;
  const at = (row: number): string => `${file}, bar at ${new Date(series.time[row]!).toISOString()}`;
  const hint = 'correct the file; where the market was like that, take it as it is with --jumps allow';
  if (firstHuge !== null)
    throw new AssayError('data_invalid', `${huge} of ${series.time.length} bars hold a price or volume that no market has`, {
      place: at(firstHuge),
      hint,
    });
  if (firstSlip !== null)
    throw new AssayError(
      'data_invalid',
      `a price is ${slip} times the last close of ${series.close[Math.max(0, firstSlip - 1)]}, or a tenth of it: a slip of the decimal point, or a split`,
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

/** Of the values that are numbers; 0 where half of them are equal. */
function robustDeviation(values: Float64Array): number {
  const numbers = values.filter(Number.isFinite);
  const center = median(numbers);
  return normalMad * median(numbers.map((value) => Math.abs(value - center)));
}

/** NaN of nothing. */
function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
