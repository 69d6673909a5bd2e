import { dot, multiplyUpper } from '../../../core/linear-algebra/cholesky.ts';
import { normalQuantile } from '../../../core/normal.ts';
import { sobolPoint } from '../qmc/qmc.ts';
import type { Acquisition } from './acquisition.ts';
import { mixtureLogEi } from './mixture-log-ei.ts';
import { type Process, trendAt } from './process.ts';

/** Number of sampled outcomes of the running trials. */
const outcomes = 16;

/**
 * log E[max(f(x), f(pending), threshold)] up to a term that does not depend on x: the improvement by one more trial beside the running
 * ones (qEI, Ginsbourger et al. 2010). The values of running trials are drawn from the joint posterior with fixed quasi-random base
 * samples; given these, the expectation over f(x) is exact, see {@link mixtureLogEi}.
 * @param process conditioned on finished trials and, as the last ones, on running ones, with any targets for these.
 * @param targets of the finished trials.
 * @param mean prior mean of the model of the finished trials.
 */
export function qLogEi(process: Process, targets: Float64Array, mean: number, threshold: number): Acquisition {
  const { factor, inverse, noise } = process;
  const size = process.points.length;
  const finished = targets.length;
  const whitened = new Float64Array(size);
  const known = trendAt(process);
  for (let i = 0; i < finished; i++) whitened[i] = (targets[i]! - mean - dot(factor, i * size, whitened, 0, i)) / factor[i * size + i]!;

  // With K = L L', the weights K^-1 (y - mean) of targets y = mean + L w are the solution of L' weights = w: new values of running trials
  // change the last entries of w only.
  const cases = Array.from({ length: outcomes }, (_, s) => {
    whitened.set(sobolPoint(s, size - finished, 0).map(normalQuantile), finished);
    const weights = new Float64Array(size);
    multiplyUpper(inverse, size, whitened, weights);
    let best = threshold;
    for (let i = finished; i < size; i++) {
      const value = mean + known[i]! + dot(factor, i * size, whitened, 0, i + 1);
      best = Math.max(best, value - noise[i]! * weights[i]!);
    }
    return { weights, best };
  });

  return mixtureLogEi(process, mean, cases);
}
