import type { Sampler } from '../sampler.ts';
import { dimensionPrior, referencePrior } from './hyperparameters.ts';
import type { GpOptions } from './options.ts';
import { type GpPolicy, suggestByProcess } from './suggest.ts';

/**
 * Bayesian optimisation with a Gaussian process (Jones et al. 1998; Snoek et al. 2012): the trial of largest expected
 * improvement. Mixed, stepped and conditional parameters are part of the model, see coordinates.ts.
 */
export function createGpSampler(options: GpOptions): Sampler {
  const policy = policyOf(options);
  return { id: 'gp', suggest: (space, history, rng) => suggestByProcess(space, history, rng, policy) };
}

export function policyOf({ startupTrials, kernel, prior, output, warp, capacity }: GpOptions): GpPolicy {
  return {
    startupTrials,
    shape: kernel,
    mean: 'fitted',
    prior: prior === 'dimension' ? dimensionPrior : referencePrior,
    output,
    warp,
    capacity,
    fitCapacity: 100,
    fitEvaluations: 40,
    effort: { spread: 400, near: 200, starts: 4, evaluations: 30, rounds: 3 },
  };
}
