import { normalQuantile } from '../../core/normal.ts';
import { perLook } from './sidak.ts';

/** A one-sided test that a Sharpe ratio is above 0, and how sure it is to find one. */
export interface DetectionTest {
  /** Looks at the same days, see {@link perLook}. */
  readonly looks: number;
  /** Probability of a false alarm over all looks together. */
  readonly level: number;
  /** Probability with which a true Sharpe ratio of the answer's size passes. */
  readonly power: number;
  /** Number of seeds whose mean is tested. Default 1. */
  readonly seeds?: number;
  /** Correlation of the seeds' daily returns; the default 1 makes the mean of the seeds as noisy as one of them: a safe bound. */
  readonly seedCorrelation?: number;
}

export interface Detectable {
  /** Smallest Sharpe ratio per day; Infinity where not even the largest is found on so few days, NaN for input that makes no sense. */
  readonly dailySharpe: number;
  readonly annualSharpe: number;
  /** Level of each single test. */
  readonly perLook: number;
}

/** Sessions in a year of US exchanges, for annual figures of plans. */
const sessionsPerYear = 252;

/**
 * Smallest true Sharpe ratio of one seed that the mean of the seeds shows with this power: (z(1-a') + z(p)) sqrt((1 + SR^2/2) / (T-1))
 * solved for SR, normal independent returns (Lo 2002), divided by sqrt(S / (1 + (S-1) r)).
 * @example 60 days, 3 looks, level .005, power .8: .52434 a day, 8.32 a year. With 250 days at level .01: .228 a day.
 */
export function detectableSharpe(test: DetectionTest & { readonly days: number }, yearly = sessionsPerYear): Detectable {
  const z = separation(test);
  const ratio = test.days > 1 ? (z * z) / (test.days - 1) : Number.NaN;
  const ofMean = ratio >= 2 ? Number.POSITIVE_INFINITY : Math.sqrt(ratio / (1 - ratio / 2));
  const dailySharpe = ofMean / seedGain(test);
  return { dailySharpe, annualSharpe: dailySharpe * Math.sqrt(yearly), perLook: perLook(test.level, test.looks) };
}

/**
 * Fewest days that show a true annual Sharpe ratio of one seed with this power: the inverse of {@link detectableSharpe}, rounded up. NaN
 * unless it is above 0.
 * @example Annual 3, 3 looks, level .005, power .8: 408 days.
 */
export function daysToDetect(annualSharpe: number, test: DetectionTest, yearly = sessionsPerYear): number {
  if (!(annualSharpe > 0)) return Number.NaN;
  const z = separation(test);
  const ofMean = (annualSharpe / Math.sqrt(yearly)) * seedGain(test);
  return Math.ceil(1 + z * z * (1 / (ofMean * ofMean) + 0.5));
}

/** Standard errors between 0 and the true Sharpe ratio. NaN below 0: a power under the level is no question. */
function separation({ looks, level, power }: DetectionTest): number {
  const z = normalQuantile(1 - perLook(level, looks)) + normalQuantile(power);
  return z >= 0 ? z : Number.NaN;
}

/** How many times the Sharpe ratio of the mean of S seeds with correlation r is that of one of them: sqrt(S / (1 + (S-1) r)). */
function seedGain({ seeds = 1, seedCorrelation = 1 }: DetectionTest): number {
  return Math.sqrt(seeds / (1 + (seeds - 1) * seedCorrelation));
}
