import type { Rng } from '../../../core/rng.ts';
import { createRng } from '../../../core/rng.ts';
import type { VectorEnv } from '../env.ts';

/** An environment defined by one copy of it; the rules keep the state of each copy. */
export interface Rules {
  readonly observationSize: number;
  readonly actionSize: number;
  readonly choices?: readonly number[];
  /** An episode is truncated after this many steps. */
  readonly episodeSteps: number;
  readonly begin: (copy: number, rng: Rng) => void;
  /** Writes a copy's observation to `into` from `offset` on. */
  readonly show: (copy: number, into: Float32Array, offset: number) => void;
  /** Runs one step of a copy, its first action at actions[offset]; returns the reward. */
  readonly advance: (copy: number, actions: Float32Array, offset: number, rng: Rng) => number;
  /** True if the last step terminated the episode; default: never. */
  readonly over?: (copy: number) => boolean;
}

/** A vectorised environment of `count` copies under the same rules, each with its own episodes. */
export function vectorised(count: number, rules: Rules): VectorEnv {
  const { observationSize, actionSize, choices, episodeSteps } = rules;
  const observations = new Float32Array(count * observationSize);
  const finalObservations = new Float32Array(count * observationSize);
  const rewards = new Float32Array(count);
  const terminated = new Uint8Array(count);
  const truncated = new Uint8Array(count);
  const age = new Int32Array(count);
  let rng = createRng('environment');

  const begin = (copy: number): void => {
    age[copy] = 0;
    rules.begin(copy, rng);
    rules.show(copy, observations, copy * observationSize);
  };
  return {
    count,
    observationSize,
    actionSize,
    ...(choices && { choices }),
    observations,
    finalObservations,
    rewards,
    terminated,
    truncated,
    reset: (given) => {
      rng = given;
      for (let copy = 0; copy < count; copy++) begin(copy);
    },
    step: (actions) => {
      for (let copy = 0; copy < count; copy++) {
        rewards[copy] = rules.advance(copy, actions, copy * actionSize, rng);
        age[copy]! += 1;
        const over = rules.over?.(copy) ?? false;
        terminated[copy] = Number(over);
        truncated[copy] = Number(!over && age[copy] === episodeSteps);
        if (terminated[copy] || truncated[copy]) {
          rules.show(copy, finalObservations, copy * observationSize);
          begin(copy);
        } else rules.show(copy, observations, copy * observationSize);
      }
    },
  };
}
