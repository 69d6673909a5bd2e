import { describe, expect, test } from 'vitest';
import { curve } from '../../../../tests/fixtures/curves.ts';
import { nop, patient, prunerOf } from '../index.ts';

describe('patient', () => {
  test('waits for an improvement, then prunes', () => {
    const { decide } = prunerOf(patient({ patience: 1 }));
    expect(decide(curve([1, 2]), [], 'minimize').prune).toBe(false);
    expect(decide(curve([1, 2, 2]), [], 'minimize')).toEqual({
      prune: true,
      reason: 'no value better than 1 in the last 2 reports (best of them 2)',
    });
    expect(decide(curve([1, 2, 0.5]), [], 'minimize').prune).toBe(false);
    expect(decide(curve([1, 2, 2]), [], 'maximize').prune).toBe(false);
  });

  test('a part with nothing but NaN decides nothing', () => {
    const { decide } = prunerOf(patient({ patience: 0 }));
    expect(decide(curve([Number.NaN, 2]), [], 'minimize').prune).toBe(false);
    expect(decide(curve([2, Number.NaN]), [], 'minimize').prune).toBe(false);
  });

  test('leaves the decision to the wrapped pruner', () => {
    const { decide } = prunerOf(patient({ patience: 0, wrapped: nop() }));
    expect(decide(curve([1, 2]), [], 'minimize').prune).toBe(false);
    expect(() => prunerOf({ id: 'patient', options: { patience: 1, wrapped: { id: 'magic', options: {} } } })).toThrow(/no pruner "magic"/);
  });
});
