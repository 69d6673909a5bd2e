import type { VectorEnv } from '../env.ts';
import { vectorised } from './rules.ts';

/**
 * Arms of which one pays 1 on average and the others 0, all with normal noise (Sutton & Barto 2018, section 2.3; PufferLib, ocean
 * `bandit`). One step an episode; the observation is always 0.
 */
export function bandit(count: number, arms = 4, noise = 1): VectorEnv {
  const best = arms - 2;
  return vectorised(count, {
    observationSize: 1,
    actionSize: 1,
    choices: [arms],
    episodeSteps: 1,
    begin: () => undefined,
    show: (_copy, into, offset) => {
      into[offset] = 0;
    },
    advance: (_copy, actions, offset, rng) => Number(actions[offset] === best) + noise * rng.normal(),
    over: () => true,
  });
}
