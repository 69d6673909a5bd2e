import { mean } from '../moments.ts';

/** Share of the best days that the stress `without-best-days` leaves out. */
export const bestDaysShare = 0.05;

/** 0.05 of 140 days are 7, not the 8 that floating point makes of it. */
const rounding = 1e-9;

/** The mean over seeds of each session's return. */
export function seedMean(seeds: readonly (readonly number[])[]): readonly number[] {
  return Array.from({ length: seeds[0]?.length ?? 0 }, (_, day) => mean(seeds.map((returns) => returns[day]!)));
}

/**
 * The returns of each seed without the days on which the mean of the seeds earned most: `share` of all days, rounded up. Of equal days the
 * earlier ones go.
 * @param seeds one array per seed, all of the same days.
 */
export function withoutBestDays(seeds: readonly (readonly number[])[], share: number = bestDaysShare): readonly (readonly number[])[] {
  const means = seedMean(seeds);
  const best = new Set(
    [...means.keys()].sort((a, b) => means[b]! - means[a]! || a - b).slice(0, Math.ceil(share * means.length - rounding)),
  );
  return seeds.map((returns) => returns.filter((_, day) => !best.has(day)));
}
