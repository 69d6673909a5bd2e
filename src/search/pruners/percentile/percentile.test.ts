import { describe, expect, test } from 'vitest';
import type { Curve } from '../../trial/history.ts';
import { median, percentile, prunerOf } from '../index.ts';
import type { PeerCurve } from '../pruner.ts';

function curve(values: readonly number[], number = 99): Curve {
  return { number, steps: values.map((_, i) => i * 100), values };
}

function peers(finals: readonly number[], state: PeerCurve['state'] = 'complete'): readonly PeerCurve[] {
  return finals.map((final, number) => ({ ...curve([final, final, final], number), state }));
}

describe('median', () => {
  const { decide } = prunerOf(median({ startupTrials: 3 }));

  test('prunes below the median and says why', () => {
    expect(decide(curve([0.1, 0.12]), peers([0.3, 0.31, 0.9]), 'maximize')).toEqual({
      prune: true,
      reason: 'best value so far 0.12 (step 100) is below the median 0.31 of 3 trials at step 100',
    });
    expect(decide(curve([0.1, 0.12]), peers([0.3, 0.31, 0.9]), 'minimize')).toEqual({ prune: false });
  });

  test('a tie with the median goes on', () => {
    expect(decide(curve([5]), peers([4, 5, 6]), 'minimize')).toEqual({ prune: false });
  });

  test('the best value so far counts, not the last, and the reason names the step that it was reported at', () => {
    expect(decide(curve([1, 9]), peers([4, 5, 6]), 'minimize')).toEqual({ prune: false });
    expect(decide(curve([1.381, 1.3603]), peers([1.2, 1.39, 1.4]), 'maximize')).toEqual({
      prune: true,
      reason: 'best value so far 1.381 (step 0) is below the median 1.39 of 3 trials at step 100',
    });
    // Steps may come in any order.
    const unordered: Curve = { number: 99, steps: [100, 0], values: [9, 7] };
    expect(decide(unordered, peers([4, 5, 6]), 'minimize')).toMatchObject({
      reason: 'best value so far 7 (step 0) is above the median 5 of 3 trials at step 100',
    });
  });

  test('no decision before enough trials are complete, however many were pruned', () => {
    expect(decide(curve([9]), peers([4, 5]), 'minimize')).toEqual({ prune: false });
    expect(decide(curve([9]), [...peers([4, 5]), ...peers([4, 5, 6], 'pruned')], 'minimize')).toEqual({ prune: false });
  });

  test('pruned trials are peers too, unless they are not to count; running and failed ones never are', () => {
    const field = [
      ...peers([1, 2, 3]),
      ...peers([7, 8, 9, 10], 'pruned'),
      ...peers([0, 0, 0, 0, 0], 'running'),
      ...peers([0, 0], 'failed'),
    ];
    expect(decide(curve([5]), field, 'minimize').prune).toBe(false);
    expect(decide(curve([7.5]), field, 'minimize')).toEqual({
      prune: true,
      reason: 'best value so far 7.5 (step 0) is above the median 7 of 7 trials at step 0',
    });
    const strict = prunerOf(median({ startupTrials: 3, countPruned: false }));
    expect(strict.decide(curve([5]), field, 'minimize')).toMatchObject({
      reason: 'best value so far 5 (step 0) is above the median 2 of 3 complete trials at step 0',
    });
  });

  test('a peer that reported before and after a step is compared on the line between, unless steps are to be exact', () => {
    const self: Curve = { number: 99, steps: [150], values: [6] };
    const falling: readonly PeerCurve[] = [0, 1, 2].map((number) => ({
      number,
      steps: [200, 100],
      values: [2, 6 + number],
      state: 'complete',
    }));
    expect(decide(self, falling, 'minimize')).toMatchObject({
      reason: expect.stringContaining('above the median 4.5 of 3 trials') as string,
    });
    expect(decide({ ...self, values: [4.5] }, falling, 'minimize').prune).toBe(false);
    // Nobody is known beyond his last report.
    expect(decide({ ...self, steps: [201] }, falling, 'minimize').prune).toBe(false);
    expect(prunerOf(median({ startupTrials: 3, interpolate: false })).decide(self, falling, 'minimize').prune).toBe(false);
  });

  test('nothing reported, nothing pruned', () => {
    expect(decide(curve([]), peers([4, 5, 6]), 'minimize')).toEqual({ prune: false });
  });

  test('NaN never passes: a trial with nothing else is pruned, a peer with NaN is left out', () => {
    expect(decide(curve([Number.NaN]), peers([4, 5, 6]), 'minimize')).toEqual({ prune: true, reason: 'every value up to step 0 is NaN' });
    expect(decide(curve([Number.NaN, 4.4]), peers([4, 5, Number.NaN]), 'minimize')).toEqual({ prune: false });
    expect(decide(curve([4.6]), peers([4, 5, Number.NaN]), 'minimize').prune).toBe(true);
    expect(decide(curve([4.6]), peers([Number.NaN, Number.NaN, Number.NaN]), 'minimize')).toEqual({ prune: false });
  });

  test('waits for the warm-up and decides once per interval', () => {
    const patient = prunerOf(median({ startupTrials: 3, warmupSteps: 100, intervalSteps: 200 }));
    const many = [4, 5, 6].map((final, number): PeerCurve => ({ ...curve([final, final, final, final], number), state: 'complete' }));
    expect(patient.decide(curve([9]), many, 'minimize').prune).toBe(false);
    expect(patient.decide(curve([9, 9]), many, 'minimize').prune).toBe(true);
    expect(patient.decide(curve([9, 9, 9]), many, 'minimize').prune).toBe(false);
    expect(patient.decide(curve([9, 9, 9, 9]), many, 'minimize').prune).toBe(true);
  });
});

test('percentile keeps only the best share', () => {
  const { decide } = prunerOf(percentile({ startupTrials: 0, percentile: 25 }));
  const decision = decide(curve([2.5]), peers([1, 2, 3, 4, 5]), 'minimize');
  expect(decision).toEqual({ prune: true, reason: 'best value so far 2.5 (step 0) is above the best 25 %, 2 of 5 trials at step 0' });
  expect(decide(curve([1.5]), peers([1, 2, 3, 4, 5]), 'minimize').prune).toBe(false);
  expect(decide(curve([3.5]), peers([1, 2, 3, 4, 5]), 'maximize').prune).toBe(true);
});

test('a pruner that is not known, or an option that is not, is refused with a hint', () => {
  expect(() => prunerOf({ id: 'medain', options: {} })).toThrow(/no pruner "medain"/);
  expect(() => prunerOf({ id: 'median', options: { warmup: 3 } })).toThrow(/unknown option warmup/);
  expect(() => median({ intervalSteps: 0 })).toThrow(/intervalSteps/);
});
