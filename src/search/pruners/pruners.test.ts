import { describe, expect, test } from 'vitest';
import type { Json } from '../../core/json.ts';
import type { Curve } from '../trial/history.ts';
import { hyperband, nop, patient, prunerOf, successiveHalving, threshold, wilcoxon } from './index.ts';
import type { PeerCurve } from './pruner.ts';
import { signedRankTest } from './wilcoxon/signed-rank.ts';

function curve(values: readonly number[], number = 99): Curve {
  return { number, steps: values.map((_, i) => i + 1), values };
}

function complete(value: number, values: readonly number[], number: number): PeerCurve {
  return { ...curve(values, number), state: 'complete', value };
}

test('nop keeps everything, NaN too', () => {
  expect(prunerOf(nop()).decide(curve([Number.NaN]), [], 'minimize')).toEqual({ prune: false });
});

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

describe('successive halving', () => {
  const { decide } = prunerOf(successiveHalving({ minResource: 2, reductionFactor: 2 }));

  test('lets the better half pass a rung and says where the others stopped', () => {
    const peers = [complete(1, [1, 1, 1], 0), complete(2, [2, 2, 2], 1), complete(3, [3, 3, 3], 2)];
    expect(decide(curve([2.5]), peers, 'minimize').prune).toBe(false);
    expect(decide(curve([1.5, 1.5]), peers, 'minimize').prune).toBe(false);
    const decision = decide(curve([2.5, 2.5]), peers, 'minimize');
    expect(decision).toMatchObject({
      prune: true,
      reason: 'value 2.5 at rung 0 (step 2) is not among the best 1/2 of 4 trials, which ends at 2',
    });
  });

  test('decides alike whether or not its notes are kept', () => {
    const values = [5, 4, 3, 2, 1].map((start) => [start, start - 0.1, start - 0.2, start - 0.3]);
    const plain: PeerCurve[] = [];
    const noted: PeerCurve[] = [];
    values.forEach((trial, number) => {
      let note: Json = null;
      for (let length = 1; length <= trial.length; length++) {
        const self = curve(trial.slice(0, length), number);
        const decision = decide({ ...self, note }, noted, 'minimize');
        expect(decide(self, plain, 'minimize')).toEqual(decision);
        note = decision.note ?? note;
      }
      plain.push(complete(trial[3]!, trial, number));
      noted.push({ ...complete(trial[3]!, trial, number), note });
    });
  });

  test('a peer whose report at its rung is gone counts for nothing, wherever it stands among the others', () => {
    const quarter = prunerOf(successiveHalving({ minResource: 1, reductionFactor: 4 }));
    const note = (...steps: readonly number[]): Json => ({ resource: 1, steps: [...steps] });
    const others = [0.1, 0.2, 0.3, 0.5, 0.6, 0.7, 0.8].map(
      (value, number): PeerCurve => ({
        number,
        steps: [1, 4],
        values: [value, value],
        state: 'running',
        note: note(1, 4),
      }),
    );
    // Noted at step 4 in an attempt that died; the next has not got there yet.
    const gone: PeerCurve = { number: 7, steps: [1, 2], values: [0.4, 0.4], state: 'running', note: note(1, 4) };
    for (let at = 0; at <= others.length; at++) {
      const peers = [...others.slice(0, at), gone, ...others.slice(at)];
      const decision = quarter.decide({ number: 8, steps: [1, 4], values: [0.15, 0.15], note: note(1) }, peers, 'minimize');
      expect(decision.prune, `at ${at}`).toBe(false);
    }
  });

  test('NaN at a rung is pruned, and auto waits for a complete trial', () => {
    expect(decide(curve([1, Number.NaN]), [], 'minimize').prune).toBe(true);
    expect(prunerOf(successiveHalving()).decide(curve([Number.NaN]), [], 'minimize').prune).toBe(false);
  });
});

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
  expect(decide(curve([9, 9, 9, 9, 9]), [complete(1, [1, 1, 1, 1, 1], 1)], 'minimize').prune).toBe(false);
});

describe('wilcoxon', () => {
  const { decide } = prunerOf(wilcoxon());
  const best = complete(1, [1, 1.1, 0.9, 1, 1.2, 1], 3);

  test('prunes what is consistently worse than the best trial', () => {
    expect(decide(curve([2, 2.2, 1.9, 2.1, 2.5, 2]), [best], 'minimize')).toMatchObject({ prune: true });
    expect(decide(curve([2, 2.2, 1.9, 2.1, 2.5, 2]), [best], 'maximize').prune).toBe(false);
    expect(decide(curve([0.5, 0.6, 0.4, 0.5, 0.7, 0.5]), [best], 'minimize').prune).toBe(false);
  });

  test('a value that is not finite, or no complete trial, decides nothing', () => {
    expect(decide(curve([2, 2.2, Number.POSITIVE_INFINITY]), [best], 'minimize').prune).toBe(false);
    expect(decide(curve([2, 2.2, 2]), [{ ...best, state: 'running' }], 'minimize').prune).toBe(false);
    expect(decide(curve([2, 2.2, 2]), [complete(Number.NaN, [1, 1, 1], 1)], 'minimize').prune).toBe(false);
  });

  test('p-values are those of the exact distribution', () => {
    // All five differences above 0: one of 32 sign patterns.
    expect(signedRankTest([1, 2, 3, 4, 5], 'above')).toBeCloseTo(1 / 32, 15);
    expect(signedRankTest([-1, -2, -3, -4, -5], 'above')).toBe(1);
    // Rank sum 5 of at most 6 with three differences: the patterns {2,3} and {1,2,3} of 8.
    expect(signedRankTest([-1, 2, 3], 'above')).toBeCloseTo(2 / 8, 15);
    expect(signedRankTest([-1, 2, 3], 'below')).toBeCloseTo(7 / 8, 15);
  });

  test('a rank sum between two numbers is rounded down on either side of the test', () => {
    // Mean rank 2.5 for the one difference above 0; of 32 patterns 30 have a sum of 2 or more and 3 one of 2 or less.
    expect(signedRankTest([-5, -2, -2, 2, -2], 'above')).toBeCloseTo(30 / 32, 15);
    expect(signedRankTest([-5, -2, -2, 2, -2], 'below')).toBeCloseTo(3 / 32, 15);
  });
});
