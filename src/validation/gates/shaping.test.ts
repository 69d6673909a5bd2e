import { describe, expect, test } from 'vitest';
import type { FoldEvaluation } from '../../search/study/walk-forward.ts';
import type { Evidence } from './gate.ts';
import { shapingGate } from './shaping.ts';

const friction = { transactionBp: 1, impactBp: 0.5, paid: 120 };

function fold(overrides: Partial<FoldEvaluation> = {}): FoldEvaluation {
  return {
    metrics: { shapingShare: 0 },
    dailyReturns: [],
    stepReturns: new Float64Array(),
    earlyTerminations: 0,
    drawdownLimit: 0.02,
    friction,
    ...overrides,
  };
}

function evidence(...seeds: readonly (readonly FoldEvaluation[])[]): Evidence {
  return {
    seeds: seeds.map((folds, seed) => ({ seed, folds })),
    search: { trialsTried: 24, trialsOnSameData: 24, trialSharpes: [] },
  };
}

describe('shaping gate', () => {
  const gate = shapingGate({ maximumShare: 0.5, minimumCorrelation: 0.2 });
  const audited = (share: number, correlation: number, profitless = 0) =>
    fold({ metrics: { shapingShare: share, rewardCorrelation: correlation, rewardWithoutProfit: profitless } });

  test('a reward without shaping passes, and one with a little that follows the net P&L', () => {
    expect(gate.check(evidence([fold()]))).toMatchObject({ passed: true, observed: 0, threshold: 0.5, op: '<=' });
    const some = gate.check(evidence([fold(), audited(0.3, 0.9)], [audited(0.5, 0.2)]));
    expect(some).toMatchObject({ passed: true, observed: 0.5 });
    expect(some.because).toContain('at most 50.00 % of a reward was shaping (seed 1, the worst of 2)');
  });

  test.each([
    ['more than half of the reward', audited(0.51, 0.9)],
    ['a reward that does not follow the net P&L', audited(0.1, 0.19)],
    ['a correlation that is unknown', audited(0.1, Number.NaN)],
    ['a reward without a net profit', audited(0.1, 0.9, 1)],
    ['a share that is NaN', audited(Number.NaN, 0.9)],
    ['nothing stated', fold({ metrics: {} })],
    ['a share without the rest', fold({ metrics: { shapingShare: 0.1 } })],
  ])('fails with %s on one evaluation of one seed', (_, bad) => {
    const result = gate.check(evidence([fold(), fold()], [fold(), bad]));
    expect(result.passed).toBe(false);
    expect(result.because).toMatch(/shaping/);
  });

  test('no evidence fails', () => {
    expect(gate.check(evidence()).passed).toBe(false);
    expect(gate.check(evidence([])).passed).toBe(false);
  });
});
