import type { VectorEnv } from '../env.ts';
import { vectorised } from './rules.ts';

/**
 * The sanity task of stable-baselines3 (common/envs/identity_env.py, IdentityEnvBox): the observation is a uniform number in
 * [-1, 1], the reward is 1 when the action is within `tolerance` of it, else 0. Episodes are cut after `episodeSteps`.
 */
export function identityBox(count: number, tolerance = 0.5, episodeSteps = 100): VectorEnv {
  const shown = new Float32Array(count);
  return vectorised(count, {
    observationSize: 1,
    actionSize: 1,
    episodeSteps,
    begin: (copy, rng) => {
      shown[copy] = 2 * rng.uniform() - 1;
    },
    show: (copy, into, offset) => {
      into[offset] = shown[copy]!;
    },
    advance: (copy, actions, offset, rng) => {
      const reward = Number(Math.abs(actions[offset]! - shown[copy]!) <= tolerance);
      shown[copy] = 2 * rng.uniform() - 1;
      return reward;
    },
  });
}
