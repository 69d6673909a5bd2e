import { z } from 'zod';
import { parseOptions } from '../options.ts';
import type { Direction } from '../trial/history.ts';

export const stoppingOptions = z.strictObject({
  /** No advice to stop before n trials have a finite value. */
  minTrials: z.int().min(10).default(30),
  /** Number of further trials considered. */
  horizon: z.int().min(1).default(50),
  /** Smallest expected gain worth them, as a share of the distance between the median trial and the best. */
  minGain: z.number().gt(0).default(0.01),
});

/** Number of spacings between the best trials that are averaged. */
const spacings = 4;

export type StoppingInput = z.input<typeof stoppingOptions>;
export type StoppingOptions = z.output<typeof stoppingOptions>;

export interface StoppingAdvice {
  readonly stop: boolean;
  /** In words, for people. */
  readonly reason: string;
  /** Expected improvement of the best value by the next trials (null: too few trials). */
  readonly expectedGain: number | null;
}

/**
 * Advises whether more trials are likely to pay. The larger of two forecasts of the next trials' gain counts:
 * - the best value keeps improving with the logarithm of the number of trials, at its rate so far (for a sampler that still makes
 *   progress);
 * - new trials are distributed like the newer half of the others, and some of them are records (for a sampler that only varies what it
 *   has; Arnold, Balakrishnan and Nagaraja 1998, "Records", section 2.3, for their probability).
 * @param values of the complete trials, in the order of their numbers; those that are not finite are left out
 * @throws AssayError `usage` for an invalid option
 */
export function adviseStopping(values: readonly number[], direction: Direction, input: StoppingInput = {}): StoppingAdvice {
  const { minTrials, horizon, minGain } = parseOptions(stoppingOptions, input, 'stopping', 'usage');
  const losses = Float64Array.from(
    values.filter((value) => Number.isFinite(value)),
    (value) => (direction === 'minimize' ? value : -value),
  );
  if (losses.length < minTrials)
    return { stop: false, expectedGain: null, reason: `too early to say: ${losses.length} of the ${minTrials} trials that it takes` };
  const sorted = losses.slice().sort();
  const best = sorted[0]!;
  const spread = sorted[sorted.length >> 1]! - best;
  const newer = losses
    .subarray(losses.length >> 1)
    .slice()
    .sort();
  const gain = Math.max(gainByTrend(losses, horizon), gainBySpacing(newer, best, horizon));
  const gains = `${shown(gain)} expected of the next ${horizon} trials, ${shown((100 * gain) / spread)} % of the distance between the median trial and the best`;
  if (spread === 0) return { stop: true, expectedGain: gain, reason: `half of the ${losses.length} trials are equal to the best` };
  return gain < minGain * spread
    ? { stop: true, expectedGain: gain, reason: `a gain of ${gains}` }
    : { stop: false, expectedGain: gain, reason: `worth going on: a gain of ${gains}` };
}

/** Forecast by trend: the best value's improvement since the first third of the trials, per logarithm of their number. */
function gainByTrend(losses: Float64Array, horizon: number): number {
  const n = losses.length;
  const third = Math.floor(n / 3);
  const before = Math.min(...losses.subarray(0, third));
  const rate = (before - Math.min(...losses)) / Math.log(n / third);
  return rate * Math.log((n + horizon) / n);
}

/**
 * Expected improvement on `best` by draws from the distribution of `values` (ascending): the next draw beats the best of m with
 * probability 1/m, by about the mean spacing of the best few; less if `best` lies beyond them.
 */
function gainBySpacing(values: Float64Array, best: number, horizon: number): number {
  const spacing = (values[spacings]! - values[0]!) / spacings;
  return spacing === 0 ? 0 : (horizon / values.length) * spacing * Math.exp(-(values[0]! - best) / spacing);
}

function shown(value: number): string {
  return String(Number(value.toPrecision(2)));
}
