import { describe, expect, test } from 'vitest';
import { createRng, restoreRng } from './rng.ts';

describe('rng', () => {
  test('gives the same stream for the same seed and another for another', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, createRng(seed).uniform);
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  test('draws the numbers of every earlier release', () => {
    const rng = createRng('pinned');
    expect([rng.uniform(), rng.normal(), rng.int(1000), rng.uniform()]).toEqual([
      0.7390539230552361, 0.004043675190960213, 897, 0.7878013344453013,
    ]);
  });

  test('is uniform and normal to within four standard errors over 200,000 draws', () => {
    const rng = createRng('moments');
    const n = 200_000;
    let uniformSum = 0;
    let normalSum = 0;
    let normalSquares = 0;
    for (let i = 0; i < n; i++) {
      uniformSum += rng.uniform();
      const z = rng.normal();
      normalSum += z;
      normalSquares += z * z;
    }
    expect(Math.abs(uniformSum / n - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(normalSum / n)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(normalSquares / n - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
  });

  test('never draws 0 or 1, and integers stay below n', () => {
    const rng = createRng(3);
    for (let i = 0; i < 10_000; i++) {
      const u = rng.uniform();
      expect(u > 0 && u < 1).toBe(true);
      expect(rng.int(3)).toBeLessThan(3);
    }
  });

  test('goes on bit for bit from a saved state, in the middle of a pair of normals too', () => {
    const rng = createRng('resume');
    rng.normal();
    const saved = JSON.parse(JSON.stringify(rng.state()));
    const next = [rng.normal(), rng.uniform(), rng.normal()];
    const restored = restoreRng(saved);
    expect([restored.normal(), restored.uniform(), restored.normal()]).toEqual(next);
  });

  test('forks streams that depend on the label alone, not on how far the parent went', () => {
    const parent = createRng(9);
    const before = parent.fork('a').uniform();
    parent.uniform();
    expect(parent.fork('a').uniform()).toBe(before);
    expect(parent.fork('b').uniform()).not.toBe(before);
  });
});
