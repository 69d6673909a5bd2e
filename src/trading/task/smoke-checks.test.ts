import { expect, test } from 'vitest';
import { actionsCheck, lossCheck, rewardCheck, speedCheck } from './smoke-checks.ts';

const two = { assets: 2, positions: undefined };

test('a policy is worth a look where it holds one position, hardly differs or sticks to the bounds', () => {
  const verdictOf = (actions: readonly number[]) => actionsCheck('policy', Float32Array.from(actions), two);
  expect(verdictOf([0.1, -0.2, 0.5, 0.3])).toMatchObject({ verdict: 'ok', facts: { atBounds: 0 } });
  // Each asset for itself: two assets at different positions do not move.
  expect(verdictOf([0.1, -0.2, 0.1, -0.2])).toMatchObject({ verdict: 'look', advice: expect.stringContaining('the same position') });
  expect(verdictOf([0.1, -0.2, 0.101, -0.2])).toMatchObject({ verdict: 'look', advice: expect.stringContaining('hardly differ') });
  expect(verdictOf([1, -1, -1, 0.2])).toMatchObject({
    verdict: 'look',
    advice: expect.stringContaining('bounds'),
    facts: { atBounds: 0.75 },
  });
});

test('exploration that never moves is broken; positions that are picked from a few may all be bounds', () => {
  expect(actionsCheck('exploring', new Float32Array(8).fill(0.1), two).verdict).toBe('broken');
  expect(actionsCheck('exploring', Float32Array.from([1, -1, -1, 1]), { assets: 2, positions: 3 }).verdict).toBe('ok');
});

test('a reward that is not finite is broken, one that repeats a number too, whatever rounding makes of its deviation', () => {
  expect(rewardCheck([0.1, Number.NaN, 0.3], 1)).toMatchObject({ verdict: 'broken', found: '1 of 3 are not finite' });
  expect(rewardCheck(new Array(7).fill(0.1), 1).verdict).toBe('broken');
  expect(rewardCheck([-0.3, 0.3], 1).verdict).toBe('ok');
});

test('losses are broken where one of any step was not finite, and worth a look where none moves', () => {
  expect(lossCheck([{ loss: 1 }, { loss: Number.NaN }, { loss: 1 }], 8).verdict).toBe('broken');
  expect(lossCheck([{ loss: 1 }, { loss: 1 }], 8).verdict).toBe('look');
  expect(
    lossCheck(
      [
        { loss: 1, entropy: 2 },
        { loss: 0.5, entropy: 2 },
      ],
      8,
    ),
  ).toMatchObject({ verdict: 'ok', found: 'loss 1 to 0.5, entropy 2 to 2' });
});

test('a whole trial takes its gradient steps and reports, for each seed, and the steps of its phases', () => {
  const training = { environments: 4, updates: 100, seeds: 2, episodeSteps: 60, rewardScale: 1, executor: 'auto' } as const;
  const pace = { seconds: 2, scoreSeconds: 0.5, environmentSteps: 400, gradientSteps: 50, reports: 4 };
  expect(speedCheck({ ...pace, training }).facts['trialSeconds']).toBeCloseTo(2 * (4 + 2), 12);
  const phases = [{ market: 'trend', steps: 1000, sessions: 4 }] as const;
  expect(speedCheck({ ...pace, training: { ...training, phases: [...phases] } }).facts['trialSeconds']).toBeCloseTo(2 * (4 + 2 + 5), 12);
});
