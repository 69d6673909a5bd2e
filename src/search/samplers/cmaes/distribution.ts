import { type Covariance, identity } from './covariance.ts';
import type { Strategy } from './weights.ts';

/**
 * Distribution of the next generation: x = mean + sigma * margins * y with y normal of the covariance, in the unit cube of the
 * coordinates. `margins` are 1 for continuous parameters; for stepped ones see margin.ts.
 */
export interface Distribution {
  readonly strategy: Strategy;
  /** Number of generations learnt from. */
  readonly generation: number;
  readonly mean: Float64Array;
  readonly sigma: number;
  readonly margins: Float64Array;
  readonly covariance: Covariance;
  readonly sigmaPath: Float64Array;
  readonly covariancePath: Float64Array;
}

export function startAt(mean: Float64Array, sigma: number, strategy: Strategy, separable: boolean): Distribution {
  const { dimension } = strategy;
  return {
    strategy,
    generation: 0,
    mean,
    sigma,
    margins: new Float64Array(dimension).fill(1),
    covariance: identity(dimension, separable),
    sigmaPath: new Float64Array(dimension),
    covariancePath: new Float64Array(dimension),
  };
}

/** Standard deviation along one coordinate. */
export function deviation({ sigma, margins, covariance }: Distribution, axis: number): number {
  return sigma * margins[axis]! * Math.sqrt(covariance.variances[axis]!);
}

/** Draws a point, which may lie outside the cube. */
export function drawFrom({ mean, sigma, margins, covariance }: Distribution, normal: () => number): Float64Array {
  const y = covariance.colour(mean.map(normal));
  return mean.map((at, i) => at + sigma * margins[i]! * y[i]!);
}

/**
 * Updates the distribution from a generation: equations 38 to 47 of Hansen 2016 (arXiv:1604.00772), negative weights included.
 *
 * Points need not come from this distribution: trials of parallel workers come from an earlier one, others from a person. As in Hansen
 * 2011, "Injecting external solutions into CMA-ES", a step longer than any plausible draw is shortened to that length.
 * @param ranked a generation's points, best first, as many as the population.
 */
export function learn(from: Distribution, ranked: readonly Float64Array[]): Distribution {
  const { strategy, mean, sigma, margins, covariance } = from;
  const { dimension: n, weights, muEff, cSigma, dSigma, cc, c1, cMu, chi } = strategy;
  const longest = Math.sqrt(n) + 3;
  const steps = ranked.map((x) => {
    const y = x.map((value, i) => (value - mean[i]!) / (sigma * margins[i]!));
    const length = norm(covariance.whiten(y));
    return length > longest ? { y: y.map((value) => (value * longest) / length), length: longest } : { y, length };
  });

  const move = new Float64Array(n);
  steps.forEach(({ y }, rank) => {
    const weight = weights[rank]!;
    if (weight > 0) for (let i = 0; i < n; i++) move[i]! += weight * y[i]!;
  });
  const white = covariance.whiten(move);
  const sigmaPath = from.sigmaPath.map((value, i) => (1 - cSigma) * value + Math.sqrt(cSigma * (2 - cSigma) * muEff) * white[i]!);
  const generation = from.generation + 1;
  const unbiased = norm(sigmaPath) / Math.sqrt(1 - (1 - cSigma) ** (2 * generation));
  const moving = unbiased < (1.4 + 2 / (n + 1)) * chi ? 1 : 0;
  const covariancePath = from.covariancePath.map((value, i) => (1 - cc) * value + moving * Math.sqrt(cc * (2 - cc) * muEff) * move[i]!);

  let total = 0;
  for (const weight of weights) total += weight;
  const next = covariance.updated(1 + c1 * (1 - moving) * cc * (2 - cc) - c1 - cMu * total, [
    { weight: c1, vector: covariancePath },
    ...steps.map(({ y, length }, rank) => {
      const weight = weights[rank]!;
      return { vector: y, weight: cMu * (weight >= 0 ? weight : (weight * n) / Math.max(length * length, 1e-20)) };
    }),
  ]);
  const grown = sigma * Math.exp(Math.min(1, (cSigma / dSigma) * (norm(sigmaPath) / chi - 1)));
  return {
    ...from,
    generation,
    mean: mean.map((value, i) => Math.min(Math.max(value + sigma * margins[i]! * move[i]!, 0), 1)),
    sigma: Math.min(grown, widest(next, margins)),
    covariance: next,
    sigmaPath,
    covariancePath,
  };
}

/** Upper bound of sigma, at which the deviation of the widest coordinate is its whole range. */
function widest(covariance: Covariance, margins: Float64Array): number {
  let largest = 0;
  covariance.variances.forEach((variance, i) => {
    largest = Math.max(largest, margins[i]! * Math.sqrt(variance));
  });
  return 1 / largest;
}

function norm(x: Float64Array): number {
  let sum = 0;
  for (const value of x) sum += value * value;
  return Math.sqrt(sum);
}
