import { defineSampler } from '../define-sampler.ts';
import type { Sampler } from '../sampler.ts';
import { type GpOptions, gpOptions } from './options.ts';
import { policyOf } from './policy.ts';
import { secondLook } from './second-look.ts';
import { suggestByProcess } from './suggest.ts';

/**
 * Bayesian optimisation with a Gaussian process (Jones et al. 1998; Snoek et al. 2012): the trial of largest expected
 * improvement. Mixed, stepped and conditional parameters are part of the model, see coordinates.ts.
 */
export function createGpSampler(options: GpOptions): Sampler {
  const policy = policyOf(options);
  return {
    id: 'gp',
    learnsFromEarlier: true,
    suggest: (space, history, rng) => suggestByProcess(space, history, rng, policy),
    secondLook: (space, history, params, rng) => secondLook(space, history, params, rng, policy),
  };
}

/**
 * Gaussian process: needs the fewest trials, at about 10 to 60 ms per suggestion; supports branches, choices and steps.
 *
 * @example
 * ```ts
 * import { gp } from 'assay';
 *
 * const sampler = gp({ kernel: 'gaussian' });
 * ```
 */
export const gp = defineSampler({ id: 'gp', options: gpOptions, create: createGpSampler });
