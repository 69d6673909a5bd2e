import { ownValue } from '../core/reserved-keys.ts';
import { leastDistinct } from './variation.ts';

/**
 * An account that returned something on a few days only has a ratio that says how few they are, not how good: one winning day of eight gives
 * a daily Sharpe ratio of 0.354 whatever it won, one losing day -0.354. Below a floor of active days an account counts as one that never
 * traded, whose ratios are 0: better than losing, worse than winning.
 */

/** Default floor, as a share of the days. */
export const defaultLeastActiveShare = 0.2;

/** The floor that an evaluation was measured by; the default for one from before it was stored. */
export function leastActiveShareOf(metrics: Readonly<Record<string, number>>): number {
  return ownValue(metrics, 'leastActiveShare') ?? defaultLeastActiveShare;
}

/** Number of days with a return other than 0: something was held, or costs were paid. */
export function activeDays(dailyReturns: ArrayLike<number>): number {
  let active = 0;
  for (let day = 0; day < dailyReturns.length; day++) if (dailyReturns[day] !== 0) active++;
  return active;
}

/** 0.55 of 100 days are 55, not the 56 that floating point makes of it. */
const rounding = 1e-9;

/** Fewest active days of `days` days that a ratio is counted for: this share of them, and never fewer than three. */
export function leastActiveDays(days: number, share: number): number {
  return Math.max(leastDistinct, Math.ceil(share * days - rounding));
}

/**
 * True if the ratios of these returns count as 0: the account was flat, or active on fewer than {@link leastActiveDays}. False for a single
 * day, and for two that are not both flat, which have no ratio whatever they are. A day of NaN is active.
 */
export function isInactive(dailyReturns: ArrayLike<number>, share: number): boolean {
  const [days, active] = [dailyReturns.length, activeDays(dailyReturns)];
  if (days < leastDistinct) return days > 1 && active === 0;
  return active < leastActiveDays(days, share);
}
