import type { Rng } from '../../core/rng.ts';

/**
 * The highest and lowest price of a Brownian path between two known ends: the maximum of a bridge from a to b with
 * standard deviation s is (a + b + sqrt((b - a)^2 - 2 s^2 ln U)) / 2 for a uniform U. Highs and lows are drawn
 * independently of each other, which leaves each one's distribution exact. Neither says anything about later bars.
 */
export function drawRange(open: number, close: number, deviation: number, rng: Rng): { high: number; low: number } {
  const reach = (): number => Math.sqrt((close - open) ** 2 - 2 * deviation * deviation * Math.log(rng.uniform()));
  const high = (open + close + reach()) / 2;
  const low = (open + close - reach()) / 2;
  // Rounding must not push an end out of the range, nor a wild draw below zero.
  return {
    high: Math.max(high, open, close),
    low: Math.max(Math.min(low, open, close), Math.min(open, close) / 2),
  };
}

/** Busy at the open and at the close, quiet at noon: 2.2, 0.6 and 1.8 times the mean, which stays about 1. */
function activityAt(dayFraction: number): number {
  const fromNoon = 2 * dayFraction - 1;
  return 0.6 + (fromNoon < 0 ? 1.6 : 1.2) * fromNoon ** 4 * 1.4;
}

/** Whole shares: the time of day, how far the bar moved, and a lognormal factor with mean 1. */
export function drawVolume(meanVolume: number, dayFraction: number, absoluteMoveSigmas: number, rng: Rng): number {
  const spread = 0.5;
  const noise = Math.exp(spread * rng.normal() - (spread * spread) / 2);
  return Math.round(meanVolume * activityAt(dayFraction) * (0.7 + 0.4 * absoluteMoveSigmas) * noise);
}
