import { expect, test } from 'vitest';
import { completeCurve, curve } from '../../../../tests/fixtures/curves.ts';
import type { Curve } from '../../trial/history.ts';
import { hyperband, prunerOf } from '../index.ts';

test('balanced hyperband gives every bracket its share in each round of trials', () => {
  const { decide } = prunerOf(hyperband({ minResource: 1, maxResource: 9, reductionFactor: 3 }));
  // Shares of 9, 5 and 3 for three brackets; the bracket shows in the reason of a pruned trial.
  const brackets = Array.from({ length: 34 }, (_, number) => {
    const self: Curve = { number, steps: [9], values: [Number.NaN] };
    const decision = decide(self, [], 'minimize');
    return decision.prune ? decision.reason.split(':')[0] : 'kept';
  });
  const count = (bracket: string): number => brackets.filter((other) => other === bracket).length;
  expect([count('bracket 1 of 3'), count('bracket 2 of 3'), count('bracket 3 of 3')]).toEqual([18, 10, 6]);
});

test('hyperband without a single bracket keeps every trial: full trials end before the first rung', () => {
  const { decide } = prunerOf(hyperband({ minResource: 3, maxResource: 2 }));
  expect(decide(curve([9, 9, 9, 9, 9]), [completeCurve(1, [1, 1, 1, 1, 1], 1)], 'minimize').prune).toBe(false);
});
