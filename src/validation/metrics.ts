import { exceedsRounding, mean, meanAbsolute, sampleVariance } from './moments.ts';
import { varies } from './variation.ts';

/**
 * Performance of an account from its net returns per period, as fractions. Definitions agree with empyrical and quantstats.
 * NaN if undefined (no periods, no variation, NaN among the returns): gates fail on NaN, so no model passes for lack of data. All
 * ratios use one rule for variation, `varies`.
 */

/** mean / standard deviation (ddof 1), not annualised. NaN without variation: equal returns, or fewer than 3 distinct ones. */
export function sharpe(returns: ArrayLike<number>): number {
  return varies(returns) ? mean(returns) / Math.sqrt(sampleVariance(returns)) : Number.NaN;
}

export function annualSharpe(returns: ArrayLike<number>, periodsPerYear: number): number {
  return sharpe(returns) * Math.sqrt(periodsPerYear);
}

/**
 * mean excess over the target / downside deviation, not annualised. The downside deviation runs over ALL periods, those
 * above the target counting 0. NaN, not infinity, if the returns do not vary or none falls short of the target by more than rounding.
 */
export function sortino(returns: ArrayLike<number>, target = 0): number {
  if (!varies(returns)) return Number.NaN;
  let squares = 0;
  for (let i = 0; i < returns.length; i++) squares += Math.min(returns[i]! - target, 0) ** 2;
  const deviation = Math.sqrt(squares / returns.length);
  return exceedsRounding(deviation, meanAbsolute(returns)) ? (mean(returns) - target) / deviation : Number.NaN;
}

export function annualSortino(returns: ArrayLike<number>, periodsPerYear: number): number {
  return sortino(returns) * Math.sqrt(periodsPerYear);
}

/** Compounded return over all periods; NaN without periods. */
export function totalReturn(returns: ArrayLike<number>): number {
  if (returns.length === 0) return Number.NaN;
  let nav = 1;
  for (let i = 0; i < returns.length; i++) nav *= 1 + returns[i]!;
  return nav - 1;
}

/** Largest fall from a running peak, the start value included, as a magnitude: 0.02 is a fall of 2 %. NaN without periods. */
export function maxDrawdown(returns: ArrayLike<number>): number {
  if (returns.length === 0) return Number.NaN;
  let nav = 1;
  let peak = 1;
  let lowest = 0;
  for (let i = 0; i < returns.length; i++) {
    nav *= 1 + returns[i]!;
    if (Number.isNaN(nav)) return Number.NaN;
    if (nav > peak) peak = nav;
    lowest = Math.min(lowest, nav / peak - 1);
  }
  return Math.abs(lowest);
}

/** Fewest periods for a yearly rate: five good days would compound to 330 %. */
export const fewestForYear = 60;

/** Compound annual growth rate. NaN below 60 periods. */
export function cagr(returns: ArrayLike<number>, periodsPerYear: number, minimum = fewestForYear): number {
  if (returns.length < minimum) return Number.NaN;
  return (1 + totalReturn(returns)) ** (periodsPerYear / returns.length) - 1;
}

/** Share of positive periods among those that are not zero; NaN if all are zero. */
export function winRate(returns: ArrayLike<number>): number {
  let wins = 0;
  let decided = 0;
  for (let i = 0; i < returns.length; i++) {
    const value = returns[i]!;
    if (Number.isNaN(value)) return Number.NaN;
    if (value > 0) wins++;
    if (value !== 0) decided++;
  }
  return wins / decided;
}

/** Value traded over the mean NAV, per year. */
export function annualTurnover(traded: number, meanNav: number, periods: number, periodsPerYear: number): number {
  return (traded / meanNav) * (periodsPerYear / periods);
}
