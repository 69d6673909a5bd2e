import { createRng } from '../../../core/rng.ts';
import type { VectorEnv } from '../env.ts';
import { vectorised } from './rules.ts';

/**
 * Guess a fixed string of bits (PufferLib, ocean `password`): the only reward is 1 at the end of an episode in which every bit was right. A
 * policy must keep exploring until it has met the reward, and then keep the string. The string is the same in every environment of one
 * length. Observation: the bits guessed so far, -1 for those to come, so that no memory is needed.
 */
export function password(count: number, length = 5): VectorEnv {
  const secretRng = createRng(`password/${length}`);
  const secret = Array.from({ length }, () => secretRng.int(2));
  const guesses = new Float32Array(count * length);
  const given = new Int32Array(count);
  const ownGuesses = (copy: number): Float32Array => guesses.subarray(copy * length, (copy + 1) * length);
  return vectorised(count, {
    observationSize: length,
    actionSize: 1,
    choices: [2],
    episodeSteps: length,
    begin: (copy) => {
      given[copy] = 0;
      ownGuesses(copy).fill(-1);
    },
    show: (copy, into, offset) => {
      into.set(ownGuesses(copy), offset);
    },
    advance: (copy, actions, offset) => {
      ownGuesses(copy)[given[copy]!++] = actions[offset]!;
      return Number(given[copy] === length && secret.every((bit, i) => bit === ownGuesses(copy)[i]));
    },
    over: (copy) => given[copy] === length,
  });
}
