import { gpOptions } from '../gp/options.ts';
import { policyOf } from '../gp/policy.ts';
import { suggestByProcess } from '../gp/suggest.ts';
import type { Sampler } from '../sampler.ts';
import { tpeOptions } from '../tpe/options.ts';
import { createTpeSampler } from '../tpe/tpe.ts';
import type { AutoOptions } from './options.ts';

const gpPolicy = policyOf(gpOptions.parse({}));
const tpe = createTpeSampler(tpeOptions.parse({}));

/** Space-filling trials, then a Gaussian process, then the process and TPE in turn: docs/search.md has the measurements. */
export function createAutoSampler({ mixFrom }: AutoOptions): Sampler {
  return {
    id: 'auto',
    suggest: (space, history, rng) => {
      const known = history.observations.length;
      if (known >= mixFrom && known % 2 === 1) return tpe.suggest(space, history, rng);
      return suggestByProcess(space, history, rng, gpPolicy);
    },
  };
}
