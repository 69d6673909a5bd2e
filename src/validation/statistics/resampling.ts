import type { Rng } from '../../core/rng.ts';
import { exceedsRounding } from '../moments.ts';

/** Draws of days with replacement, in blocks of consecutive days that go on at the first day after the last. */

/** Fills `rows` with days from [0, rows.length), in blocks of `length` days (circular block bootstrap, Politis and Romano 1992). */
export function drawCircular(rows: Int32Array, length: number, rng: Rng): void {
  for (let at = 0; at < rows.length; at += length) fillBlock(rows, at, length, rng);
}

/** Fills `rows` in blocks of random length with this mean, at least 1 (stationary bootstrap, Politis and Romano 1994). */
export function drawStationary(rows: Int32Array, meanLength: number, rng: Rng): void {
  const goesOn = 1 - 1 / Math.max(meanLength, 1);
  // log(1 - 1/1) is -Infinity: every block has one day then.
  const logGoesOn = Math.log1p(-1 / Math.max(meanLength, 1));
  // Where days hardly depend on each other most blocks have one day, which shows without a logarithm and in two thirds of the time.
  const surelyEnds = goesOn * (1 + 1e-9);
  const days = rows.length;
  for (let at = 0; at < days; ) {
    const drawn = rng.uniform();
    if (drawn > surelyEnds) rows[at++] = rng.int(days);
    else {
      const length = 1 + Math.floor(Math.log(drawn) / logGoesOn);
      fillBlock(rows, at, length, rng);
      at += length;
    }
  }
}

function fillBlock(rows: Int32Array, at: number, length: number, rng: Rng): void {
  const days = rows.length;
  let day = rng.int(days);
  for (let i = at; i < days && i < at + length; i++) {
    rows[i] = day;
    day = day + 1 === days ? 0 : day + 1;
  }
}

export function drawnMean(returns: ArrayLike<number>, rows: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) sum += returns[rows[i]!]!;
  return sum / rows.length;
}

/** Daily Sharpe ratio of the drawn days; 0 where they lack the variation that all days have. */
export function drawnSharpe(returns: ArrayLike<number>, rows: Int32Array): number {
  const average = drawnMean(returns, rows);
  let squares = 0;
  let size = 0;
  for (let i = 0; i < rows.length; i++) {
    const value = returns[rows[i]!]!;
    squares += (value - average) ** 2;
    size += Math.abs(value);
  }
  const deviation = Math.sqrt(squares / (rows.length - 1));
  return exceedsRounding(deviation, size / rows.length) ? average / deviation : 0;
}

/** The interval that holds the share `level` of the drawn values, as much left out below as above (percentile method). */
export function percentileInterval(drawn: Float64Array, level: number): { readonly low: number; readonly high: number } {
  const sorted = drawn.slice().sort();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { low: at((1 - level) / 2), high: at((1 + level) / 2) };
}
