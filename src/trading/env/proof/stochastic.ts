import type { VectorEnv } from '../env.ts';
import { vectorised } from './rules.ts';

/**
 * A task whose best memoryless policy is random (PufferLib, ocean `stochastic`): choice 0 pays while fewer than `share` of this
 * episode's steps chose it, choice 1 pays otherwise. The observation is always 0, so that a policy which settles on one choice
 * loses; playing 0 with probability `share` is best.
 */
export function stochastic(count: number, share = 0.75, episodeSteps = 100): VectorEnv {
  const [zeros, steps] = [new Int32Array(count), new Int32Array(count)];
  return vectorised(count, {
    observationSize: 1,
    actionSize: 1,
    choices: [2],
    episodeSteps,
    begin: (copy) => {
      zeros[copy] = 0;
      steps[copy] = 0;
    },
    show: (_copy, into, offset) => {
      into[offset] = 0;
    },
    advance: (copy, actions, offset) => {
      const choice = actions[offset]!;
      const wanted = zeros[copy]! < share * (steps[copy]! + 1) ? 0 : 1;
      if (choice === 0) zeros[copy]! += 1;
      steps[copy]! += 1;
      return choice === wanted ? 1 / episodeSteps : 0;
    },
  });
}
