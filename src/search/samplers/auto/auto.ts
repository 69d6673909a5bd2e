import { type History, wasTried } from '../../trial/history.ts';
import { defineSampler } from '../define-sampler.ts';
import { gpOptions } from '../gp/options.ts';
import { policyOf } from '../gp/policy.ts';
import { secondLook } from '../gp/second-look.ts';
import { suggestByProcess } from '../gp/suggest.ts';
import type { Sampler } from '../sampler.ts';
import { tpeOptions } from '../tpe/options.ts';
import { createTpeSampler } from '../tpe/tpe.ts';
import { type AutoOptions, autoOptions } from './options.ts';
import { shrunk } from './shrunk.ts';

const gpPolicy = policyOf(gpOptions.parse({}));
const tpe = createTpeSampler(tpeOptions.parse({}));

/**
 * Space-filling first, then a Gaussian process with every `tpeEvery`-th trial from TPE; from `mixFrom` trials on the two alternate.
 * Measurements: docs/search.md.
 */
export function createAutoSampler({ tpeEvery, mixFrom }: AutoOptions): Sampler {
  return {
    id: 'auto',
    learnsFromEarlier: true,
    secondLook: (space, history, params, rng) => secondLook(space, history, params, rng, gpPolicy),
    suggest: (space, history, rng) => {
      const known = history.observations.length;
      const period = known >= mixFrom ? 2 : tpeEvery;
      const learning = known >= gpPolicy.startupTrials;
      const byTpe = learning && known % period === period - 1 ? tpe.suggest(space, forTpe(history), rng) : null;
      // TPE may suggest finished params again if all parameters are steps or choices.
      return byTpe !== null && !wasTried(byTpe, history) ? byTpe : suggestByProcess(space, history, rng, gpPolicy);
    },
  };
}

/** Its turns explore what the process does not expect, earlier studies included; it ranks values, and knows nothing of their noise. */
function forTpe(history: History): History {
  return { ...history, earlier: [], observations: shrunk(history.observations, history.directions?.length ?? 1) };
}

/**
 * Chooses by the number of trials: space-filling, then a Gaussian process, then TPE as well (measurements: docs/search.md).
 *
 * @example
 * ```ts
 * import { auto } from 'assay';
 *
 * const sampler = auto();
 * ```
 */
export const auto = defineSampler({ id: 'auto', options: autoOptions, create: createAutoSampler });
