import { describe, expect, test } from 'vitest';
import { completeCurve, curve } from '../../../../tests/fixtures/curves.ts';
import { prunerOf, wilcoxon } from '../index.ts';

describe('wilcoxon', () => {
  const { decide } = prunerOf(wilcoxon());
  const best = completeCurve(1, [1, 1.1, 0.9, 1, 1.2, 1], 3);

  test('prunes what is consistently worse than the best trial', () => {
    expect(decide(curve([2, 2.2, 1.9, 2.1, 2.5, 2]), [best], 'minimize')).toMatchObject({ prune: true });
    expect(decide(curve([2, 2.2, 1.9, 2.1, 2.5, 2]), [best], 'maximize').prune).toBe(false);
    expect(decide(curve([0.5, 0.6, 0.4, 0.5, 0.7, 0.5]), [best], 'minimize').prune).toBe(false);
  });

  test('a value that is not finite, or no complete trial, decides nothing', () => {
    expect(decide(curve([2, 2.2, Number.POSITIVE_INFINITY]), [best], 'minimize').prune).toBe(false);
    expect(decide(curve([2, 2.2, 2]), [{ ...best, state: 'running' }], 'minimize').prune).toBe(false);
    expect(decide(curve([2, 2.2, 2]), [completeCurve(Number.NaN, [1, 1, 1], 1)], 'minimize').prune).toBe(false);
  });
});
