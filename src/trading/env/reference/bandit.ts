import type { VectorEnv } from '../env.ts';
import { vectorised } from './rules.ts';

/**
 * One of n arms pays 1 and the others nothing, plus normal noise if asked for (Sutton & Barto 2018, section 2.3; PufferLib, ocean
 * `bandit`). The same arm pays in every environment. One step per episode; the observation is always 1.
 */
export function bandit(count: number, arms = 4, noise = 0): VectorEnv {
  const best = arms - 2;
  return vectorised(count, {
    observationSize: 1,
    actionSize: 1,
    choices: [arms],
    episodeSteps: 1,
    begin: () => undefined,
    show: (_copy, into, offset) => {
      into[offset] = 1;
    },
    advance: (_copy, actions, offset, rng) => Number(actions[offset] === best) + (noise === 0 ? 0 : noise * rng.normal()),
    over: () => true,
  });
}
