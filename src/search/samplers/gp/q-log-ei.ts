import { dot, multiplyUpper } from '../../../core/linear-algebra/cholesky.ts';
import { normalQuantile } from '../../../core/normal.ts';
import { sobolPoint } from '../qmc/qmc.ts';
import { type Acquisition, addedVariance } from './acquisition.ts';
import { standardLogEi, standardLogEiGradient } from './log-ei.ts';
import { createProbe } from './probe.ts';
import type { Process } from './process.ts';

/** Number of sampled outcomes of the running trials. */
const outcomes = 16;

/**
 * log E[max(f(x), f(pending), threshold)] up to a term that does not depend on x: the improvement by one more trial beside the running
 * ones (qEI, Ginsbourger et al. 2010). The values of running trials are drawn from the joint posterior with fixed quasi-random base
 * samples; given these, the expectation over f(x) is exact, so the result is the logarithm of a mean of expected improvements (Snoek et
 * al. 2012, section 3.2) and as smooth as each of them (Ament et al. 2023).
 * @param process conditioned on finished trials and, as the last ones, on running ones, with any targets for these.
 * @param targets of the finished trials.
 * @param mean prior mean of the model of the finished trials.
 */
export function qLogEi(process: Process, targets: Float64Array, mean: number, threshold: number): Acquisition {
  const { factor, inverse, hyperparameters } = process;
  const size = process.points.length;
  const finished = targets.length;
  const whitened = new Float64Array(size);
  for (let i = 0; i < finished; i++) whitened[i] = (targets[i]! - mean - dot(factor, i * size, whitened, 0, i)) / factor[i * size + i]!;

  // With K = L L', the weights K^-1 (y - mean) of targets y = mean + L w are the solution of L' weights = w: new values of running trials
  // change the last entries of w only.
  const cases = Array.from({ length: outcomes }, (_, s) => {
    whitened.set(sobolPoint(s, size - finished, 0).map(normalQuantile), finished);
    const weights = new Float64Array(size);
    multiplyUpper(inverse, size, whitened, weights);
    let best = threshold;
    for (let i = finished; i < size; i++) {
      const value = mean + dot(factor, i * size, whitened, 0, i + 1);
      best = Math.max(best, value - hyperparameters.noise * weights[i]!);
    }
    return { weights, best };
  });

  const probe = createProbe(process);
  const logs = new Float64Array(outcomes);
  const scores = new Float64Array(outcomes);
  const valueAt = (variance: number): number => {
    const sigma = Math.sqrt(variance + addedVariance);
    let largest = Number.NEGATIVE_INFINITY;
    cases.forEach(({ weights, best }, s) => {
      scores[s] = (mean + probe.weighed(weights) - best) / sigma;
      logs[s] = standardLogEi(scores[s]!);
      largest = Math.max(largest, logs[s]!);
    });
    const total = logs.reduce((sum, log) => sum + Math.exp(log - largest), 0);
    return largest + Math.log(total / outcomes) + Math.log(sigma);
  };

  return {
    at: (point) => {
      probe.moveTo(point, false);
      return valueAt(probe.variance());
    },
    atAll: (points) => {
      const values = new Float64Array(points.length);
      probe.visit(points, (variance, index) => {
        values[index] = valueAt(variance);
      });
      return values;
    },
    gradientAt: (point, gradient) => {
      probe.moveTo(point, true);
      const variance = probe.variance();
      const sigma = Math.sqrt(variance + addedVariance);
      const value = valueAt(variance);
      const shift = value - Math.log(sigma) + Math.log(outcomes);
      const pull = new Float64Array(size);
      let bySigma = 1 / sigma;
      cases.forEach(({ weights }, s) => {
        const share = (Math.exp(logs[s]! - shift) * standardLogEiGradient(scores[s]!, logs[s]!)) / sigma;
        bySigma -= share * scores[s]!;
        for (let i = 0; i < size; i++) pull[i]! += share * weights[i]!;
      });
      const meanGradient = probe.weighedGradient(pull);
      const varianceGradient = probe.varianceGradient();
      for (let j = 0; j < gradient.length; j++) gradient[j] = meanGradient[j]! + (bySigma * varianceGradient[j]!) / (2 * sigma);
      return value;
    },
  };
}
