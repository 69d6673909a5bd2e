import { dot, multiplyUpper, solveLower } from '../../../core/linear-algebra/cholesky.ts';
import { createRng } from '../../../core/rng.ts';
import type { Acquisition } from './acquisition.ts';
import type { Point } from './coordinates.ts';
import { varianceOf } from './covariance.ts';
import { mixtureLogEi } from './mixture-log-ei.ts';
import { condition, type Data, type Process, trendAt } from './process.ts';

/** Number of sampled sets of noise-free values. */
const usualOutcomes = 16;
/** Noise that remains in the process of noise-free values, as a share of its variance: keeps the covariance positive definite. */
const jitter = 1e-6;

/**
 * log E[max(f(x) - max f(tried), 0)], the improvement over the best noise-free value among the trials that count and the running ones, which are
 * unknown themselves (noisy expected improvement, Letham et al. 2019, "Constrained Bayesian optimization with noisy experiments"). The values
 * are drawn jointly from the posterior (Matheron's rule); given these, the expectation over f(x) is exact.
 * @param counts per finished trial, true if it may be the best.
 * @returns null if the covariance of noise-free values is not positive definite.
 */
export function noisyLogEi(
  process: Process,
  { points, targets, trend }: Data,
  counts: readonly boolean[],
  pending: readonly Point[],
  outcomes = usualOutcomes,
): Acquisition | null {
  const { form, hyperparameters, mean } = process;
  const finished = points.length;
  const all = [...points, ...pending];
  const size = all.length;
  const exact = condition(
    { ...form, mean: 'zero' },
    { ...hyperparameters, noise: jitter * varianceOf(hyperparameters) },
    { points: all, targets: new Float64Array(size), ...(trend !== undefined && { trend }) },
  );
  if (exact === null) return null;
  const known = trendAt(exact);
  const rng = createRng('noise-free values');
  const cases = Array.from({ length: outcomes }, () => {
    const values = new Float64Array(size);
    const draws = Float64Array.from(values, () => rng.normal());
    for (let i = 0; i < size; i++) values[i] = dot(exact.factor, i * size, draws, 0, i + 1);
    const residuals = Float64Array.from(targets, (target, i) => target - mean - values[i]! - Math.sqrt(process.noise[i]!) * rng.normal());
    const whitened = new Float64Array(finished);
    solveLower(process.factor, finished, residuals, whitened);
    const updates = new Float64Array(finished);
    multiplyUpper(process.inverse, finished, whitened, updates);
    // values + K updates, with K = L L' of the noise-free values.
    for (let j = 0; j < size; j++) {
      let pulled = 0;
      for (let i = j; i < finished; i++) pulled += exact.factor[i * size + j]! * updates[i]!;
      draws[j]! += pulled;
    }
    let best = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < size; i++) {
      const value = dot(exact.factor, i * size, draws, 0, i + 1);
      if (i >= finished || counts[i]!) best = Math.max(best, mean + known[i]! + value);
    }
    // K^-1 (L draws) = L'^-1 draws.
    const weights = new Float64Array(size);
    multiplyUpper(exact.inverse, size, draws, weights);
    return { weights, best };
  });
  return mixtureLogEi(exact, mean, cases);
}
