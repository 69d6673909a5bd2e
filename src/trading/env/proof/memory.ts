import type { VectorEnv } from '../env.ts';
import { vectorised } from './rules.ts';

/**
 * Repeat what was shown, after a delay (PufferLib, ocean `memory`): `length` random bits are shown one by one, then nothing for
 * `delay` steps, then each must be given back in order. Each answer pays 1 / length when right and nothing else pays, so that the
 * return of an episode is the score: 1 with memory, 0.5 without. Observation [bit as -1 or 1, 1 while an answer is asked for].
 */
export function memory(count: number, length = 1, delay = 4): VectorEnv {
  const bits = new Int8Array(count * length);
  const steps = new Int32Array(count);
  const asked = (copy: number): number => steps[copy]! - length - delay;
  return vectorised(count, {
    observationSize: 2,
    actionSize: 1,
    choices: [2],
    episodeSteps: 2 * length + delay,
    begin: (copy, rng) => {
      steps[copy] = 0;
      for (let i = 0; i < length; i++) bits[copy * length + i] = rng.int(2);
    },
    show: (copy, into, offset) => {
      const step = steps[copy]!;
      into[offset] = step < length ? 2 * bits[copy * length + step]! - 1 : 0;
      into[offset + 1] = asked(copy) >= 0 && asked(copy) < length ? 1 : 0;
    },
    advance: (copy, actions, offset) => {
      const answer = asked(copy);
      steps[copy]! += 1;
      return answer >= 0 && actions[offset] === bits[copy * length + answer] ? 1 / length : 0;
    },
    over: (copy) => asked(copy) === length,
  });
}
