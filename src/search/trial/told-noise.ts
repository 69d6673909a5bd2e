import { describeValue } from '../../core/describe-value.ts';
import { AssayError, type ErrorCode } from '../../core/errors.ts';

/** What a trial says of how uncertain its value is: of a mean over n repetitions, their variance divided by n. */
export interface ToldNoise {
  /** Squared standard error of the value, in its squared unit: finite, 0 or above. */
  readonly variance: number;
  /** Number of repetitions that the variance was computed from, at least 2 (absent: it is known exactly). */
  readonly seeds?: number;
}

/** As objectives and other programs tell it: as a variance, or as its square root. */
export type NoiseInput = ToldNoise | { readonly sd: number; readonly seeds?: number };

/**
 * Checks what was told of the noise of one value, from a study file or another program.
 * @param code of the error
 * @throws AssayError with this code, and the place: `noise.sd`
 */
export function checkedNoise(given: unknown, code: ErrorCode = 'trial_failed'): ToldNoise {
  const invalid = (place: string, message: string): AssayError => new AssayError(code, message, { place, hint });
  if (typeof given !== 'object' || given === null) throw invalid('noise', `${describeValue(given)} says nothing of the noise`);
  const { variance, sd, seeds } = given as Readonly<Record<string, unknown>>;
  if ((variance === undefined) === (sd === undefined)) throw invalid('noise', 'the noise is either a variance or an sd');
  const [place, number] = variance === undefined ? ['noise.sd', sd] : ['noise.variance', variance];
  const squared = variance === undefined ? Number(sd) ** 2 : Number(variance);
  if (typeof number !== 'number' || !(number >= 0) || !Number.isFinite(squared))
    throw invalid(place!, `${describeValue(number)} is no finite number of at least 0`);
  if (seeds === undefined) return { variance: squared + 0 };
  if (!Number.isInteger(seeds) || Number(seeds) < 2 || Number(seeds) > mostSeeds)
    throw invalid('noise.seeds', `${describeValue(seeds)} is no whole number from 2 to ${mostSeeds}`);
  return { variance: squared + 0, seeds: Number(seeds) };
}

const mostSeeds = 1_000_000;
const hint =
  'give { variance } or { sd } of the value: of a mean over n seeds the variance of the seeds divided by n, and seeds: n; leave it out where it is not known';

/** Returns the noise of a mean over repetitions: their variance divided by their number (null: fewer than two, or one that is not finite). */
export function noiseOfMean(values: readonly number[]): ToldNoise | null {
  const n = values.length;
  if (n < 2 || !values.every(Number.isFinite)) return null;
  const mean = values.reduce((sum, value) => sum + value / n, 0);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1) / n;
  return Number.isFinite(variance) ? { variance, seeds: n } : null;
}
