import { mean } from '../moments.ts';
import { varies } from '../variation.ts';
import { type BootstrapOptions, bootstrapProbability, meanBlockOf, resample } from './bootstrap.ts';
import { drawnMean } from './resampling.ts';
import { checkAligned } from './returns.ts';

/** Whether the best of several models is better than a baseline, given that it is the best of them. */
export interface SuperiorAbility {
  /** Probability of such a best model if none were better: Hansen's consistent version. */
  readonly p: number;
  /** Versions that count no, and every, bad model as a rival: bounds of `p`. */
  readonly lower: number;
  readonly upper: number;
  /** max(0, largest mean difference over its standard error). */
  readonly statistic: number;
  /** Index of the model with the largest such ratio; -1 without one. */
  readonly best: number;
  /** Number of models that were compared: those whose differences vary. */
  readonly rivals: number;
  readonly meanBlock: number;
  readonly draws: number;
  readonly because: string | null;
}

/**
 * Test for superior predictive ability (Hansen 2005, "A test for superior predictive ability", the studentised statistic) with a stationary
 * bootstrap, 10,000 draws. `differences[model][day]` is the model's return less the baseline's. The statistic needs a variance of each rival
 * (his assumption 1: var > 0), so a model whose differences have fewer than three distinct values, such as one that never traded beside a
 * flat baseline, is no rival: it has no ratio anywhere ({@link varies}) and could not be the best. NaN with the reason for fewer than 11
 * days, or if no model is a rival. That the model in question is one is for the caller to see: {@link meanAbove} of it is NaN otherwise.
 * @throws AssayError `data_invalid` for a difference that is NaN or infinite, or models with other numbers of days.
 * @example One model whose mean is 2 standard errors above 0: p is about .025; as the best of three, about .07.
 */
export function superiorAbility(
  differences: readonly ArrayLike<number>[],
  { draws = 10_000, seed = 'superior ability', meanBlock }: BootstrapOptions = {},
): SuperiorAbility {
  const days = checkAligned(differences, 'model');
  const rivals = differences.flatMap((own, model) => (varies(own) ? [{ own, model }] : []));
  const block = meanBlockOf(
    rivals.map(({ own }) => own),
    meanBlock,
  );
  const because = rivals.length === 0 ? 'no model has differences to the baseline that vary' : block.because;
  if (because !== null) return { ...unknown, meanBlock: block.value, draws, because };

  const measured = rivals.map(({ own, model }) => {
    const center = mean(own);
    const error = Math.sqrt(longRunVariance(own, center, block.value) / days);
    return { own, model, center, error, ratio: center / error };
  });
  const best = measured.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  const statistic = Math.max(0, best.ratio);
  // A model this much worse than the baseline cannot be the best in a large sample, so it does not raise the bar.
  const hopeless = -Math.sqrt(2 * Math.log(Math.log(days)));
  let [lower, consistent, upper] = [0, 0, 0];
  resample({ days, meanBlock: block.value, draws, seed }, (rows) => {
    let [mildest, middle, strictest] = [0, 0, 0];
    for (const { own, center, error, ratio } of measured) {
      const drawn = drawnMean(own, rows);
      mildest = Math.max(mildest, (drawn - Math.max(center, 0)) / error);
      middle = Math.max(middle, (ratio < hopeless ? drawn : drawn - center) / error);
      strictest = Math.max(strictest, (drawn - center) / error);
    }
    if (mildest >= statistic) lower++;
    if (middle >= statistic) consistent++;
    if (strictest >= statistic) upper++;
  });
  const probability = (extreme: number): number => bootstrapProbability(extreme, draws);
  return {
    p: probability(consistent),
    lower: probability(lower),
    upper: probability(upper),
    statistic,
    best: best.model,
    rivals: rivals.length,
    meanBlock: block.value,
    draws,
    because: null,
  };
}

const unknown = { p: Number.NaN, lower: Number.NaN, upper: Number.NaN, statistic: Number.NaN, best: -1, rivals: 0 };

/**
 * Variance of sqrt(n) times the mean that the stationary bootstrap itself has: autocovariances weighted by
 * (1 - i/n) (1-q)^i + (i/n) (1-q)^(n-i), q = 1 / mean block (Politis and Romano 1994, lemma 1).
 */
export function longRunVariance(values: ArrayLike<number>, center: number, meanBlock: number): number {
  const n = values.length;
  const goesOn = 1 - 1 / meanBlock;
  let variance = 0;
  for (let lag = 0; lag < n; lag++) {
    let product = 0;
    for (let t = lag; t < n; t++) product += (values[t]! - center) * (values[t - lag]! - center);
    const weight = lag === 0 ? 1 : 2 * ((1 - lag / n) * goesOn ** lag + (lag / n) * goesOn ** (n - lag));
    variance += (weight * product) / n;
  }
  return variance;
}
