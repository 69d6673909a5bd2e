import { exceedsRounding } from '../../validation/moments.ts';

/** The terms of reward v2, each in account currency per step. A coefficient of 0 switches its term off. */

/** Value traded in a step as a fraction of the NAV before the trade. */
export function turnoverRate(traded: number, navBefore: number): number {
  return traded / navBefore;
}

/** Converts a yearly turnover target to a rate per step: 2 a year is 0.00002035 per minute of US equities. */
export function turnoverTargetPerStep(targetPerYear: number, barsPerYear: number): number {
  return targetPerYear / barsPerYear;
}

/** lambda * V * max(0, rate - target)^2: quadratic in the excess over the target. */
export function turnoverPenalty(lambda: number, value: number, rate: number, targetRate: number): number {
  const excess = Math.max(0, rate - targetRate);
  return lambda * value * excess * excess;
}

/** beta * V * volatility^2. With an annualised volatility the whole year's variance is charged at each step. */
export function volatilityPenalty(beta: number, value: number, volatilityAnnual: number): number {
  return beta * value * volatilityAnnual * volatilityAnnual;
}

/** coefficient * V * max(0, mean / deviation) of the window's step returns; 0 if they vary by rounding only. */
export function sharpeBonus(coefficient: number, value: number, mean: number, deviation: number): number {
  return exceedsRounding(deviation, Math.abs(mean)) ? coefficient * value * Math.max(0, mean / deviation) : 0;
}

/** Drawdowns up to this are free. */
export const drawdownThreshold = 0.01;

/** coefficient * V * max(0, drawdown - 1 %): linear in the excess, charged at each step under water. */
export function drawdownPenalty(coefficient: number, value: number, drawdown: number): number {
  return coefficient * value * Math.max(0, drawdown - drawdownThreshold);
}
