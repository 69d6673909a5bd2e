import { describe, expect, test } from 'vitest';
import { evidence, fold } from '../../../tests/fixtures/gate-evidence.ts';
import type { FoldEvaluation } from '../../search/study/walk-forward.ts';
import { shapingGate } from './shaping.ts';

describe('shaping gate', () => {
  const gate = shapingGate({ maximumShare: 0.5, minimumCorrelation: 0.2 });
  /** Daily returns of a fold, and rewards that follow them or run against them. */
  const returns = [0.01, -0.02, 0.015, 0.003];
  const audited = (shapingShare: number, overrides: Partial<FoldEvaluation> = {}, rewardWithoutProfit = 0) =>
    fold({ metrics: { shapingShare, rewardWithoutProfit }, dailyReturns: returns, sessionRewards: returns, ...overrides });
  const against = { sessionRewards: returns.map((x) => -x) };

  test('a reward without shaping passes, and one with a little that follows the net P&L', () => {
    expect(gate.check(evidence([fold()]))).toMatchObject({ passed: true, observed: 0, threshold: 0.5, op: '<=' });
    const some = gate.check(evidence([audited(0), audited(0.3)], [audited(0.5)]));
    expect(some).toMatchObject({ passed: true, observed: 0.5 });
    expect(some.because).toContain('at most 50.00 % of a reward was shaping (seed 1, the worst of 2)');
  });

  test.each([
    ['more than half of the reward', audited(0.51)],
    ['a reward that does not follow the net P&L', audited(0.1, against)],
    ['a reward that is NaN', audited(0.1, { sessionRewards: [...returns.slice(1), Number.NaN] })],
    ['a return that is NaN', audited(0.1, { dailyReturns: [...returns.slice(1), Number.NaN] })],
    ['no rewards', audited(0.1, { sessionRewards: undefined })],
    ['rewards of other sessions', audited(0.1, { sessionRewards: returns.slice(1) })],
    ['a reward without a net profit', audited(0.1, {}, 1)],
    ['a share that is NaN', audited(Number.NaN)],
    ['nothing stated', fold({ metrics: {} })],
    ['a share without the rest', fold({ metrics: { shapingShare: 0.1 } })],
  ])('fails with %s on one evaluation of one seed', (_, bad) => {
    const result = gate.check(evidence([audited(0.1), audited(0.1)], [audited(0.1), bad]));
    expect(result.passed).toBe(false);
    expect(result.because).toMatch(/shaping/);
  });

  test('the sessions of a seed are ranked together: two of a fold in the wrong order are chance', () => {
    const swapped = audited(0.1, { dailyReturns: [0.001, 0.002], sessionRewards: [0.002, 0.001] });
    expect(gate.check(evidence([audited(0.1), swapped, audited(0.1)])).passed).toBe(true);
    expect(gate.check(evidence([swapped])).passed).toBe(false);
    // In each fold the rewards follow; over all of them they run against the net P&L.
    const folds = [0, 1, 2, 3].map((k) => audited(0.1, { dailyReturns: [0.01 * k, 0.01 * k + 0.001], sessionRewards: [-k, 0.1 - k] }));
    const result = gate.check(evidence(folds));
    expect(result.passed).toBe(false);
    expect(result.because).toMatch(/rank correlation with net P&L down to -0\.\d\d/);
  });

  test('a session counts by what it won or lost, not by its return on what was left', () => {
    // 1.6 %, then 1.59 % of more money.
    const grown = audited(0.1, { dailyReturns: [0.016, 0.0159, 0.03], sessionRewards: [1, 2, 3] });
    expect(gate.check(evidence([grown])).passed).toBe(true);
    const exact = shapingGate({ maximumShare: 0.5, minimumCorrelation: 1 });
    expect(exact.check(evidence([grown])).passed).toBe(true);
  });

  test('no evidence fails', () => {
    expect(gate.check(evidence()).passed).toBe(false);
    expect(gate.check(evidence([])).passed).toBe(false);
  });

  test('rewards that never differ fail', () => {
    const same = audited(0.1, { sessionRewards: [1, 1, 1, 1] });
    expect(gate.check(evidence([same, same])).passed).toBe(false);
  });
});
