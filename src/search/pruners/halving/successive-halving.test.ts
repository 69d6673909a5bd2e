import { describe, expect, test } from 'vitest';
import { completeCurve, curve } from '../../../../tests/fixtures/curves.ts';
import type { Json } from '../../../core/json.ts';
import { prunerOf, successiveHalving } from '../index.ts';
import type { PeerCurve } from '../pruner.ts';

describe('successive halving', () => {
  const { decide } = prunerOf(successiveHalving({ minResource: 2, reductionFactor: 2 }));

  test('lets the better half pass a rung and says where the others stopped', () => {
    const peers = [completeCurve(1, [1, 1, 1], 0), completeCurve(2, [2, 2, 2], 1), completeCurve(3, [3, 3, 3], 2)];
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
      plain.push(completeCurve(trial[3]!, trial, number));
      noted.push({ ...completeCurve(trial[3]!, trial, number), note });
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
