import { describe, expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { pendulum } from './pendulum.ts';

describe('pendulum', () => {
  test('moves by the published equations', () => {
    const env = pendulum(1);
    env.reset(createRng(3));
    const [cos, sin, speed] = env.observations;
    const angle = Math.atan2(sin!, cos!);
    env.step(Float32Array.of(0.5));
    const nextSpeed = speed! + (15 * Math.sin(angle) + 3) * 0.05;
    const nextAngle = angle + nextSpeed * 0.05;
    expect(env.rewards[0]).toBeCloseTo(-(angle ** 2 + 0.1 * speed! ** 2 + 0.001), 5);
    expect(env.observations[0]).toBeCloseTo(Math.cos(nextAngle), 5);
    expect(env.observations[1]).toBeCloseTo(Math.sin(nextAngle), 5);
    expect(env.observations[2]).toBeCloseTo(nextSpeed, 5);
  });

  test('is truncated after 200 steps, never terminates, and stays within its bounds', () => {
    const env = pendulum(3);
    env.reset(createRng(1));
    for (let step = 1; step <= 400; step++) {
      env.step(Float32Array.of(5, -5, Math.sin(step)));
      expect([...env.truncated]).toEqual(step % 200 === 0 ? [1, 1, 1] : [0, 0, 0]);
      for (let i = 0; i < 3; i++) {
        expect(Math.abs(env.observations[3 * i + 2]!)).toBeLessThanOrEqual(8);
        expect(env.rewards[i]).toBeGreaterThanOrEqual(-(Math.PI ** 2 + 6.4 + 0.004) - 1e-5);
      }
      if (step % 200 === 0) expect(Math.abs(env.observations[2]!)).toBeLessThanOrEqual(1);
    }
    expect([...env.terminated]).toEqual([0, 0, 0]);
  });
});
