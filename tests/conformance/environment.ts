import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/core/rng.ts';
import type { VectorEnv } from '../../src/trading/env/env.ts';

interface Seen {
  readonly observations: Float32Array;
  readonly rewards: Float32Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly finalObservations: Float32Array;
}

/** Random actions that the environment takes. */
function randomActions(env: VectorEnv, seed: string): () => Float32Array {
  const rng = createRng(seed);
  const actions = new Float32Array(env.count * env.actionSize);
  return () => actions.map((_, i) => (env.choices ? rng.int(env.choices[i % env.actionSize]!) : 2 * rng.uniform() - 1));
}

function play(env: VectorEnv, seed: string, steps: number): readonly Seen[] {
  env.reset(createRng(seed));
  const next = randomActions(env, `${seed}/actions`);
  return Array.from({ length: steps }, () => {
    env.step(next());
    const { observations, rewards, terminated, truncated, finalObservations } = env;
    return {
      observations: observations.slice(),
      rewards: rewards.slice(),
      terminated: terminated.slice(),
      truncated: truncated.slice(),
      finalObservations: finalObservations.slice(),
    };
  });
}

/** What every environment must do. Within `steps` steps some episode must end. */
export function environmentConformance(name: string, create: (count: number) => VectorEnv, steps = 600): void {
  describe(`environment ${name}`, () => {
    test('owns arrays of the sizes that it states, the same ones at every step', () => {
      const env = create(3);
      const arrays = [env.observations, env.finalObservations, env.rewards, env.terminated, env.truncated];
      expect(arrays.map(({ length }) => length)).toEqual([3 * env.observationSize, 3 * env.observationSize, 3, 3, 3]);
      expect(env.count).toBe(3);
      expect(env.choices?.length ?? env.actionSize).toBe(env.actionSize);
      play(env, 'arrays', 5);
      expect([env.observations, env.finalObservations, env.rewards, env.terminated, env.truncated].every((x, i) => x === arrays[i])).toBe(
        true,
      );
    });

    test('shows finite numbers and ends episodes, each for one reason', () => {
      let ended = 0;
      for (const { observations, rewards, terminated, truncated, finalObservations } of play(create(4), 'finite', steps)) {
        expect(observations.every(Number.isFinite) && rewards.every(Number.isFinite)).toBe(true);
        for (let copy = 0; copy < 4; copy++) {
          expect(terminated[copy]! + truncated[copy]!).toBeLessThanOrEqual(1);
          if (terminated[copy]! + truncated[copy]! === 0) continue;
          ended += 1;
          const width = observations.length / 4;
          expect(finalObservations.subarray(copy * width, (copy + 1) * width).every(Number.isFinite)).toBe(true);
        }
      }
      expect(ended).toBeGreaterThan(0);
    });

    test('repeats itself for the same seed, after a reset as in a new environment', () => {
      const env = create(3);
      const first = play(env, 'seed', 120);
      expect(play(env, 'seed', 120).map(({ observations, rewards }) => [observations, rewards])).toEqual(
        first.map(({ observations, rewards }) => [observations, rewards]),
      );
      expect(play(create(3), 'seed', 120).map(({ rewards }) => rewards)).toEqual(first.map(({ rewards }) => rewards));
    });

    test('leaves the actions it is given alone', () => {
      const env = create(2);
      env.reset(createRng('actions'));
      const actions = randomActions(env, 'actions')();
      const copy = actions.slice();
      env.step(actions);
      expect(actions).toEqual(copy);
    });
  });
}
