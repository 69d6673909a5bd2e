import { describe, expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { identityBox } from './identity-box.ts';

describe('identityBox', () => {
  test('pays 1 for an action within the tolerance of its observation', () => {
    const env = identityBox(3);
    env.reset(createRng(1));
    const [a, b, c] = env.observations;
    env.step(Float32Array.of(a! + 0.49, b! - 0.51, c!));
    expect([...env.rewards]).toEqual([1, 0, 1]);
  });

  test('truncates episodes after 100 steps and shows the final and the first observation', () => {
    const env = identityBox(2);
    env.reset(createRng(1));
    for (let step = 1; step <= 200; step++) {
      env.step(env.observations.slice());
      expect([...env.truncated]).toEqual(step % 100 === 0 ? [1, 1] : [0, 0]);
      if (step % 100 === 0) expect(env.finalObservations).not.toEqual(env.observations);
    }
    expect([...env.terminated]).toEqual([0, 0]);
  });
});
