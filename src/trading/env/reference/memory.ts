import type { VectorEnv } from '../env.ts';
import { vectorised } from './rules.ts';

/**
 * Repeat bits after a delay (PufferLib, ocean `memory`): `length` random bits are shown one by one, then zeros for `delay` steps, then each
 * bit is to be given back in order. A right answer pays 1, and so does a 0 while further bits are shown; the score of an episode, the
 * rewards of its answers over `length`, is 1 with memory and 0.5 without. Observation: the bit, or 0.
 */
export function memory(count: number, length = 1, delay = 4): VectorEnv {
  const bits = new Int8Array(count * length);
  /** Number of the next action, from 1: the first bit is seen before any action. */
  const ticks = new Int32Array(count);
  const horizon = 2 * length + delay;
  return vectorised(count, {
    observationSize: 1,
    actionSize: 1,
    choices: [2],
    episodeSteps: horizon,
    begin: (copy, rng) => {
      ticks[copy] = 1;
      for (let i = 0; i < length; i++) bits[copy * length + i] = rng.int(2);
    },
    show: (copy, into, offset) => {
      const shown = ticks[copy]! - 1;
      into[offset] = shown < length ? bits[copy * length + shown]! : 0;
    },
    advance: (copy, actions, offset) => {
      const tick = ticks[copy]!++;
      const answer = tick - length - delay;
      if (answer >= 0) return Number(actions[offset] === bits[copy * length + answer]);
      return tick < length ? Number(actions[offset] === 0) : 0;
    },
    over: (copy) => ticks[copy] === horizon,
  });
}
