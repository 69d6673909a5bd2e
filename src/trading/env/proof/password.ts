import { createRng } from '../../../core/rng.ts';
import type { VectorEnv } from '../env.ts';
import { vectorised } from './rules.ts';

/**
 * Guess a fixed string of bits (PufferLib, ocean `password`): the only reward is 1 at the end of an episode in which every bit was
 * right. A policy must not settle before it has met the reward, and must hold on to it then. The string is the same in every
 * environment of one length. Observation: the share of the string already given.
 */
export function password(count: number, length = 5): VectorEnv {
  const secretRng = createRng(`password/${length}`);
  const secret = Array.from({ length }, () => secretRng.int(2));
  const given = new Int32Array(count);
  const right = new Uint8Array(count);
  return vectorised(count, {
    observationSize: 1,
    actionSize: 1,
    choices: [2],
    episodeSteps: length,
    begin: (copy) => {
      given[copy] = 0;
      right[copy] = 1;
    },
    show: (copy, into, offset) => {
      into[offset] = given[copy]! / length;
    },
    advance: (copy, actions, offset) => {
      if (actions[offset] !== secret[given[copy]!]) right[copy] = 0;
      given[copy]! += 1;
      return given[copy] === length ? right[copy]! : 0;
    },
    over: (copy) => given[copy] === length,
  });
}
