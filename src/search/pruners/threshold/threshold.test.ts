import { describe, expect, test } from 'vitest';
import { curve } from '../../../../tests/fixtures/curves.ts';
import { prunerOf, threshold } from '../index.ts';

describe('threshold', () => {
  const { decide } = prunerOf(threshold({ lower: 0, upper: 1, warmupSteps: 2 }));

  test('prunes outside of its bounds and at NaN, after the warm-up', () => {
    expect(decide(curve([5]), [], 'minimize').prune).toBe(false);
    expect(decide(curve([5, 1]), [], 'minimize').prune).toBe(false);
    expect(decide(curve([0, 1.5]), [], 'minimize')).toEqual({ prune: true, reason: 'value 1.5 at step 2 is above the upper bound 1' });
    expect(decide(curve([0, -0.1]), [], 'maximize')).toEqual({ prune: true, reason: 'value -0.1 at step 2 is below the lower bound 0' });
    expect(decide(curve([0, Number.NaN]), [], 'minimize')).toEqual({ prune: true, reason: 'value NaN at step 2' });
  });

  test('needs a bound', () => {
    expect(() => threshold({})).toThrow(/lower, upper or both/);
  });
});
