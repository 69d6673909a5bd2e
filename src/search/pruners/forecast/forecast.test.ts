import { describe, expect, test } from 'vitest';
import type { Curve, Direction } from '../../trial/history.ts';
import { forecast, prunerOf } from '../index.ts';
import type { PeerCurve } from '../pruner.ts';
import { gridPointAt, sampleCurve } from './sampled-curve.ts';

const { decide } = prunerOf(forecast());
const length = 40;

function curve(at: (t: number) => number, steps = length, every = 1): Curve {
  const reported = Array.from({ length: Math.floor(steps / every) }, (_, i) => (i + 1) * every);
  return { number: 99, steps: reported, values: reported.map((step) => at(step / length)) };
}

/** Twenty complete trials of a kind: the i-th (0 to 1) as `at` has it. */
function peersOf(at: (t: number, i: number) => number): readonly PeerCurve[] {
  return Array.from({ length: 20 }, (_, i) => ({ ...curve((t) => at(t, i / 19)), number: i, state: 'complete' }));
}

/** The first step at which a trial is pruned, all reports up to there known; null if never. */
function prunedAt(trial: Curve, peers: readonly PeerCurve[], direction: Direction = 'minimize'): number | null {
  for (let n = 1; n <= trial.steps.length; n++) {
    const decision = decide({ ...trial, steps: trial.steps.slice(0, n), values: trial.values.slice(0, n) }, peers, direction);
    if (decision.prune) return trial.steps[n - 1]!;
  }
  return null;
}

describe('forecast', () => {
  /** Fast ones end high: floors from 1 (slow) to 2 (fast). */
  const crossing = peersOf((t, i) => 1 + i + 3 * Math.exp(-(3 + 9 * i) * t));

  test('a trial that lags now but falls like those that ended low is kept, one that has come to rest high is not', () => {
    const slow = curve((t) => 0.9 + 3 * Math.exp(-2.8 * t));
    const fast = curve((t) => 2 + 3 * Math.exp(-12 * t));
    const quarter = length / 4;
    expect(slow.values[quarter]).toBeGreaterThan(fast.values[quarter]!);
    expect(prunedAt(slow, crossing)).toBeNull();
    expect(prunedAt(fast, crossing)).toBeLessThanOrEqual(length / 2);
  });

  test('the same holds upside down', () => {
    const flipped = crossing.map((peer) => ({ ...peer, values: peer.values.map((value) => -value) }));
    expect(
      prunedAt(
        curve((t) => -0.9 - 3 * Math.exp(-2.8 * t)),
        flipped,
        'maximize',
      ),
    ).toBeNull();
    expect(
      prunedAt(
        curve((t) => -2 - 3 * Math.exp(-12 * t)),
        flipped,
        'maximize',
      ),
    ).not.toBeNull();
  });

  test('a trial that has not moved is kept until good ones had got going, then pruned', () => {
    const bloomers = peersOf((t, i) => (t < 0.1 + 0.4 * i ? 1 : 0.2 + 0.1 * Math.sin(40 * i)));
    const stuck = prunedAt(
      curve(() => 1),
      bloomers,
    )!;
    expect(stuck).toBeGreaterThan(0.5 * length);
    expect(stuck).toBeLessThan(0.75 * length);
  });

  test('says in numbers why', () => {
    const decision = decide(
      curve((t) => 3 + Math.exp(-12 * t), length / 2),
      crossing,
      'minimize',
    );
    expect(decision).toMatchObject({
      prune: true,
      reason: expect.stringMatching(/expected to end at 3.* best 5 % of 20 complete trials end at 1/) as string,
    });
  });

  test.each([1, -1])('forecasts the value that complete trials show, not their last report (sign %d)', (sign) => {
    const direction = sign === 1 ? 'minimize' : 'maximize';
    const peers = crossing.map((peer, i) => ({
      ...peer,
      values: peer.values.map((value) => sign * value),
      // A test by other measures: a tenth worse, give or take.
      value: sign * (1 + i / 19 + 0.1 + 0.02 * (i % 2 === 0 ? 1 : -1)),
    }));
    const decision = decide(
      curve((t) => sign * (1.9 + 3 * Math.exp(-11 * t)), length / 2),
      peers,
      direction,
    );
    if (!decision.prune || decision.expected === undefined) throw new Error('no forecast');
    // The last report is 1.91.
    expect(Math.abs(sign * decision.expected.value - 2)).toBeLessThan(0.07);
    expect(decision.expected.sd).toBeGreaterThanOrEqual(0.02);
    expect(decision.expected.sd).toBeLessThan(0.3);
  });

  test('decides nothing before enough trials are complete, nor from running, pruned or empty ones', () => {
    const bad = curve(() => 9, length / 2);
    expect(decide(bad, crossing.slice(0, 9), 'minimize').prune).toBe(false);
    expect(
      decide(bad, [...crossing.slice(0, 9), ...crossing.slice(9).map((peer) => ({ ...peer, state: 'pruned' as const }))], 'minimize').prune,
    ).toBe(false);
    expect(decide({ number: 99, steps: [], values: [] }, crossing, 'minimize').prune).toBe(false);
  });

  test('a trial without a finite value is pruned; single ones are passed over, in peers too', () => {
    expect(
      decide(
        curve(() => Number.NaN, length / 2),
        crossing,
        'minimize',
      ),
    ).toMatchObject({ prune: true, reason: expect.stringContaining('no finite value') as string });
    const holes = (values: readonly number[]): readonly number[] => values.map((value, i) => (i % 7 === 3 ? Number.NaN : value));
    const peers = crossing.map((peer) => ({ ...peer, values: holes(peer.values) }));
    const slow = curve((t) => 0.9 + 3 * Math.exp(-2.8 * t));
    expect(prunedAt({ ...slow, values: holes(slow.values) }, peers)).toBeNull();
    expect(
      prunedAt(
        curve((t) => 2 + 3 * Math.exp(-12 * t)),
        peers,
      ),
    ).not.toBeNull();
  });

  test('trials may report at other steps than their peers', () => {
    expect(
      prunedAt(
        curve((t) => 0.9 + 3 * Math.exp(-2.8 * t), length, 5),
        crossing,
      ),
    ).toBeNull();
    expect(
      prunedAt(
        curve((t) => 2 + 3 * Math.exp(-12 * t), length, 5),
        crossing,
      ),
    ).not.toBeNull();
  });

  test('decides once for each checkpoint, never at the end', () => {
    const bad = (steps: number): Curve => curve((t) => 3 + Math.exp(-12 * t), steps);
    // Forty steps, twenty checkpoints: every second report.
    expect([20, 21, 22, 40].map((steps) => decide(bad(steps), crossing, 'minimize').prune)).toEqual([true, false, true, false]);
  });
});

describe('sampled curves', () => {
  const horizon = { first: 1, last: 40 };

  test('checkpoints are even parts of the time', () => {
    expect([1, 2, 3, 4, 20, 40, 90].map((step) => gridPointAt(step, horizon))).toEqual([-1, 0, 0, 1, 9, 19, 19]);
  });

  test('a level is the mean over the last fifth of the time, in whatever order the steps were reported', () => {
    const steps = Array.from({ length: 40 }, (_, i) => i + 1);
    const levels = sampleCurve({ number: 0, steps, values: steps }, horizon, 'minimize', 19);
    expect(levels[19]).toBe(36.5);
    expect(levels[9]).toBe(18.5);
    const reversed = [...steps].reverse();
    expect(sampleCurve({ number: 0, steps: reversed, values: reversed }, horizon, 'maximize', 19)).toEqual(levels.map((level) => -level));
  });

  test('without a report in that time the last one before holds', () => {
    const levels = sampleCurve({ number: 0, steps: [1, 10], values: [5, 3] }, horizon, 'minimize', 19);
    expect([levels[0], levels[4], levels[19]]).toEqual([5, 3, 3]);
  });
});
