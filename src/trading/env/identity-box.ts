import { createRng } from '../../core/rng.ts';
import type { VectorEnv } from './env.ts';

/**
 * The sanity task of stable-baselines3 (common/envs/identity_env.py, IdentityEnvBox): the observation is a uniform number in
 * [-1, 1], the reward is 1 when the action is within `tolerance` of it, else 0. Episodes are cut after `episodeSteps`.
 */
export function identityBox(count: number, tolerance = 0.5, episodeSteps = 100): VectorEnv {
  const observations = new Float32Array(count);
  const finalObservations = new Float32Array(count);
  const rewards = new Float32Array(count);
  const terminated = new Uint8Array(count);
  const truncated = new Uint8Array(count);
  let rng = createRng('identity-box');
  let step = 0;
  const draw = (): void => {
    for (let i = 0; i < count; i++) observations[i] = 2 * rng.uniform() - 1;
  };
  return {
    count,
    observationSize: 1,
    actionSize: 1,
    observations,
    finalObservations,
    rewards,
    terminated,
    truncated,
    reset: (given) => {
      rng = given;
      step = 0;
      draw();
    },
    step: (actions) => {
      for (let i = 0; i < count; i++) rewards[i] = Math.abs(actions[i]! - observations[i]!) <= tolerance ? 1 : 0;
      draw();
      step = (step + 1) % episodeSteps;
      truncated.fill(step === 0 ? 1 : 0);
      if (step > 0) return;
      finalObservations.set(observations);
      draw();
    },
  };
}
