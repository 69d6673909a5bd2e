import type { VectorEnv } from '../env.ts';
import { vectorised } from './rules.ts';

/**
 * A task whose best memoryless policy is random (PufferLib, ocean `stochastic`): with f the share of 0 among this episode's steps, this one
 * included, a step pays 1 - (share - f)^2 if it moved f towards `share`, else nothing. The observation is always 0, so that a constant
 * choice earns little; playing 0 with probability `share` is best.
 */
export function stochastic(count: number, share = 0.75, episodeSteps = 1000): VectorEnv {
  const zeros = new Int32Array(count);
  const steps = new Int32Array(count);
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
      const choseZero = actions[offset] === 0;
      zeros[copy]! += Number(choseZero);
      steps[copy]! += 1;
      const fraction = zeros[copy]! / steps[copy]!;
      return choseZero === fraction < share ? 1 - (share - fraction) ** 2 : 0;
    },
    over: (copy) => steps[copy] === episodeSteps,
  });
}
