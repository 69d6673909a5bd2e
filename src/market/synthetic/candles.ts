import type { Rng } from '../../core/rng.ts';

/**
 * Draws the highest and lowest price of a Brownian path between two known ends: the maximum of a bridge from a to b with standard
 * deviation s is (a + b + sqrt((b - a)^2 - 2 s^2 ln U)) / 2 for a uniform U. High and low are drawn independently; each has its exact
 * distribution. Neither depends on later bars.
 */
export function drawRange(open: number, close: number, deviation: number, rng: Rng): { high: number; low: number } {
  const reach = (): number => Math.sqrt((close - open) ** 2 - 2 * deviation * deviation * Math.log(rng.uniform()));
  const high = (open + close + reach()) / 2;
  const low = (open + close - reach()) / 2;
  // Keeps both ends within the range despite rounding, and the low above zero for an extreme draw.
  return {
    high: Math.max(high, open, close),
    low: Math.max(Math.min(low, open, close), Math.min(open, close) / 2),
  };
}

/** Volume factor by the time of day: 2.8 at the open, 0.6 at noon and 2.3 at the close, with a mean of about 1. */
function activityAt(dayFraction: number): number {
  const fromNoon = 2 * dayFraction - 1;
  return 0.6 + (fromNoon < 0 ? 1.6 : 1.2) * fromNoon ** 4 * 1.4;
}

/** Draws a volume in whole shares from the time of day, the size of the move, and a lognormal factor with mean 1. */
export function drawVolume(meanVolume: number, dayFraction: number, absoluteMoveSigmas: number, rng: Rng): number {
  const spread = 0.5;
  const noise = Math.exp(spread * rng.normal() - (spread * spread) / 2);
  return Math.round(meanVolume * activityAt(dayFraction) * (0.7 + 0.4 * absoluteMoveSigmas) * noise);
}
