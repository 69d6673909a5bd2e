import type { Sampler } from '../sampler.ts';
import type { GpOptions } from './options.ts';
import { policyOf } from './policy.ts';
import { suggestByProcess } from './suggest.ts';

/**
 * Bayesian optimisation with a Gaussian process (Jones et al. 1998; Snoek et al. 2012): the trial of largest expected
 * improvement. Mixed, stepped and conditional parameters are part of the model, see coordinates.ts.
 */
export function createGpSampler(options: GpOptions): Sampler {
  const policy = policyOf(options);
  return { id: 'gp', suggest: (space, history, rng) => suggestByProcess(space, history, rng, policy) };
}
