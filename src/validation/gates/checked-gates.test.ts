import { describe, expect, test } from 'vitest';
import { fold } from '../../../tests/fixtures/gate-evidence.ts';
import { goodEvidence as good, goodPaper } from '../../../tests/fixtures/good-evidence.ts';
import { loadGatePolicy } from '../../trading/config/load.ts';
import { annualSortino, sharpe } from '../metrics.ts';
import { causalGate, dataQualityGate, deterministicGate, lookAheadGate } from './checks.ts';
import type { CheckEvidence } from './checks-evidence.ts';
import { evidenceGate } from './evidence.ts';
import type { Evidence } from './gate.ts';
import type { PaperEvidence } from './paper-evidence.ts';
import { ablationGate, monthsGate, sortinoBandGate } from './phoenix.ts';
import { gatesOf } from './policy.ts';
import { lossesGate, positionsGate, stepsTrainedGate } from './smoke.ts';
import { vaultGate } from './vault.ts';

const checked = (change: Partial<CheckEvidence>): Evidence => ({ ...good, checks: { ...good.checks!, ...change } });

describe('look-ahead', () => {
  const gate = lookAheadGate({ minimumRows: 40 });
  test('one changed row of many fails, and names the first value that did', () => {
    const first = { what: 'feature', name: 'NVDA.spread', row: 1234 } as const;
    const gateResult = gate.check(checked({ lookAhead: { rows: 40, changed: 1, first } }));
    expect(gateResult).toMatchObject({ passed: false, observed: 1, threshold: 0, op: '==' });
    expect(gateResult.because).toContain('feature NVDA.spread changes at row 1,234');
  });
  test('39 rows are too few, and a check that was not run fails', () => {
    expect(gate.check(checked({ lookAhead: { rows: 39, changed: 0, first: null } }))).toMatchObject({
      passed: false,
      observed: Number.NaN,
    });
    expect(gate.check(checked({ lookAhead: null })).because).toContain('was not run');
    expect(gate.check({ ...good, checks: null }).passed).toBe(false);
  });
});

describe('data-quality', () => {
  const gate = dataQualityGate({ maximumFaulty: 0.001, maximumMissing: 0.05 });
  const of = (faulty: number, missingBars: number) =>
    gate.check(checked({ dataQuality: { bars: 1000, missingBars, faults: [{ kind: 'badOhlc', count: faulty, place: 'x NVDA' }] } }));
  test('one bar of 1,000 passes, two fail and are named', () => {
    expect(of(1, 0)).toMatchObject({ passed: true, observed: 0.001 });
    expect(of(2, 0).passed).toBe(false);
    expect(of(2, 0).because).toContain('badOhlc in x NVDA');
  });
  test('5 % missing bars pass, more or an unknown number fail', () => {
    expect(of(0, 1000 / 19).passed).toBe(true);
    expect(of(0, 60).passed).toBe(false);
    expect(of(0, Number.NaN).passed).toBe(false);
  });
});

test('causal and deterministic: one difference fails, too few trials of it fail', () => {
  const causal = causalGate({ minimumCuts: 3 });
  expect(causal.check(checked({ causal: { cuts: 3, changed: 0, first: null } })).passed).toBe(true);
  expect(causal.check(checked({ causal: { cuts: 2, changed: 0, first: null } })).passed).toBe(false);
  expect(causal.check(checked({ causal: { cuts: 9, changed: 1, first: 'seed 1, fold 2, row 7' } })).because).toContain(
    'seed 1, fold 2, row 7',
  );
  expect(causal.check(checked({ causal: null })).passed).toBe(false);
  const same = deterministicGate({ minimumRepeated: 1, elsewhereTolerance: 1e-8 }, 'warn');
  expect(same.check(checked({ deterministic: { repeated: 1, different: 0, first: null } })).passed).toBe(true);
  expect(same.check(checked({ deterministic: { repeated: 0, different: 0, first: null } })).passed).toBe(false);
  expect(same.check(checked({ deterministic: { repeated: 2, different: 1, first: 'seed 1, fold 0' } })).passed).toBe(false);
  const elsewhere = (...differences: readonly number[]) =>
    same.check(checked({ deterministic: { repeated: 2, different: 0, first: null, elsewhere: differences } }));
  expect(elsewhere(1e-9, 1e-8)).toMatchObject({ passed: true, observed: 0 });
  expect(elsewhere(1e-9, 1e-8).because).toContain('2 on another kind of machine, where a return differs by 1e-8 of at most 1e-8');
  expect(elsewhere(1e-9, 2e-8)).toMatchObject({ passed: false, observed: 1 });
  expect(elsewhere(Number.NaN)).toMatchObject({ passed: false, observed: 1 });
});

describe('vault', () => {
  const gate = vaultGate({ minimumProbability: 0.9, maximumDrawdown: 0.05 });
  const returns = (mean: number): readonly number[] =>
    Array.from({ length: 40 }, (_, i) => mean + (i % 2 === 0 ? 0.01 : -0.009 + (i % 3) * 1e-4));
  /** One step a day, and one before that of the first. */
  const opened = (daily: readonly number[], first = 0): Evidence => {
    const stepReturns = Float64Array.of(first, (1 + daily[0]!) / (1 + first) - 1, ...daily.slice(1));
    return {
      ...good,
      vault: { openedAt: '', seeds: good.seeds.map(({ seed }) => ({ seed, evaluation: fold({ dailyReturns: daily, stepReturns }) })) },
    };
  };
  test('a probability above the bound passes, one below fails', () => {
    expect(gate.check(opened(returns(0.003))).passed).toBe(true);
    const weak = gate.check(opened(returns(0.0003)));
    expect(weak.passed).toBe(false);
    expect(weak.observed).toBeLessThan(0.9);
  });
  test('the other sign fails, and a drawdown of exactly 5 % passes', () => {
    expect(gate.check(opened(returns(-0.003))).because).toContain('not the sign of the walk-forward');
    expect(gate.check(opened(returns(0.003), -0.05)).passed).toBe(true);
    expect(gate.check(opened(returns(0.003), -0.0501)).passed).toBe(false);
  });
  test('days that are not those of the steps are no evidence', () => {
    const vault = opened(returns(0.003)).vault!;
    const { seed, evaluation } = vault.seeds[0]!;
    const better = { seed, evaluation: { ...evaluation, dailyReturns: evaluation.dailyReturns.map((one) => one + 1e-4) } };
    const told = gate.check({ ...good, vault: { ...vault, seeds: [better, ...vault.seeds.slice(1)] } });
    expect(told).toMatchObject({ passed: false, observed: Number.NaN });
    expect(told.because).toBe(`the daily returns of seed ${seed} on the vault are not those of its steps`);
  });
  test('a vault that was not opened, or not for every seed, fails', () => {
    expect(gate.check({ ...good, vault: null }).because).toContain('was not opened');
    expect(gate.check({ ...good, vault: { ...good.vault!, seeds: good.vault!.seeds.slice(1) } }).because).toContain('seed 1 was not');
  });
});

describe('phoenix', () => {
  const metrics = (change: Readonly<Record<string, number>>): Evidence => ({
    ...good,
    seeds: good.seeds.map((one) => ({ ...one, folds: one.folds.map((of) => ({ ...of, metrics: { ...of.metrics, ...change } })) })),
  });
  test('smoke: 5,000 steps, finite losses, positions that move', () => {
    const steps = stepsTrainedGate({ minimumSteps: 5000 });
    expect(steps.check(metrics({ 'train.environmentSteps': 5000 })).passed).toBe(true);
    expect(steps.check(metrics({ 'train.environmentSteps': 4999 })).passed).toBe(false);
    const losses = lossesGate({});
    expect(losses.check(metrics({ 'train.seconds': Number.POSITIVE_INFINITY })).passed).toBe(true);
    const infinite = losses.check(metrics({ 'train.criticLoss': Number.POSITIVE_INFINITY }));
    expect(infinite.passed).toBe(false);
    expect(infinite.because).toContain('train.criticLoss');
    expect(positionsGate({ above: 0 }).check(metrics({ exposureDeviation: 0 })).passed).toBe(false);
    expect(positionsGate({ above: 0 }).check(metrics({ exposureDeviation: 1e-9 })).passed).toBe(true);
  });

  test('a band warns below and above, with its direction', () => {
    // Mean 0.0001, downside deviation 0.001: annual Sortino 1.587.
    const daily = Array.from({ length: 60 }, (_, i) => [0.002, -0.001 * Math.SQRT2, -0.0003 + 0.00001][i % 3]!);
    const evidence = { ...good, seeds: [{ seed: 1, folds: [fold({ dailyReturns: daily })] }] };
    const { observed } = sortinoBandGate({ minimum: 0, maximum: 100 }).check(evidence);
    expect(sortinoBandGate({ minimum: observed, maximum: observed }, 'warn').check(evidence).passed).toBe(true);
    const below = sortinoBandGate({ minimum: observed + 1e-9, maximum: 100 }, 'warn').check(evidence);
    expect(below).toMatchObject({ passed: false, severity: 'warn', because: expect.stringContaining('below the band') });
    const above = sortinoBandGate({ minimum: 0, maximum: observed - 1e-9 }, 'warn').check(evidence);
    expect(above).toMatchObject({ passed: false, because: expect.stringContaining('above the band, too good for this phase') });
  });

  test('a year has the sessions of the calendar that the evaluations are of', () => {
    const daily = Array.from({ length: 60 }, (_, i) => [0.002, -0.001, -0.0003][i % 3]!);
    const of = (metrics: Record<string, number>) => ({ ...good, seeds: [{ seed: 1, folds: [fold({ dailyReturns: daily, metrics })] }] });
    const [unknown, aroundTheClock] = [of({}), of({ sessionsPerYear: 365 })];
    const band = sortinoBandGate({ minimum: 0, maximum: 100 });
    expect(band.check(unknown).observed).toBe(annualSortino(daily, 252));
    expect(band.check(aroundTheClock).observed).toBe(annualSortino(daily, 365));
    const annual = (sessions: number) => `annual ${(sharpe(daily) * Math.sqrt(sessions)).toFixed(1)} (`;
    const gate = evidenceGate({ level: 0.005 });
    expect(gate.check(unknown).because).toContain(annual(252));
    expect(gate.check(aroundTheClock).because).toContain(annual(365));
  });

  test('an ablation must exist and have helped', () => {
    const gate = ablationGate({});
    const pair = { arm: 'ofi_*', low: -0.1, high: 0.3, days: 60 };
    const lost = (low: number) => ({ ...pair, loss: low + 0.1, low });
    expect(gate.check({ ...good, ablations: [lost(0.05)] })).toMatchObject({ passed: true, observed: 0.05 });
    // An interval that holds 0 shows nothing, however large the loss.
    expect(gate.check({ ...good, ablations: [{ ...pair, loss: 0.4, low: -0.01 }] })).toMatchObject({ passed: false, observed: -0.01 });
    expect(gate.check({ ...good, ablations: [lost(0)] }).passed).toBe(false);
    expect(gate.check({ ...good, ablations: [lost(-0.02), lost(0.01)] })).toMatchObject({ passed: true, observed: 0.01 });
    expect(gate.check({ ...good, ablations: [lost(0.01), lost(Number.NaN)] }).passed).toBe(false);
    expect(gate.check({ ...good, ablations: [] }).because).toContain('no ablation of this trial');
  });

  test.each([
    ['2024-01-15', '2024-04-15', 3, true],
    ['2024-01-15', '2024-04-14', 2 + 30 / 31, false],
    ['2023-08-01', '2023-11-01', 3, true],
    ['2024-11-30', '2025-02-28', 3, true],
    ['2024-01-31', '2024-02-29', 1, false],
  ])('walk-forward from %s until %s is %d months', (from, until, months, passed) => {
    const windows = [{ ...good.windows[0]!, testStart: Date.parse(`${from}T14:30:00Z`), testEnd: Date.parse(`${until}T00:00:00Z`) - 1 }];
    const gateResult = monthsGate({ minimumMonths: 3 }).check({ ...good, windows });
    expect(gateResult.observed).toBeCloseTo(months, 9);
    expect(gateResult.passed).toBe(passed);
  });
});

describe('go-live', () => {
  const gates = gatesOf(loadGatePolicy('go-live'));
  const judged = (id: string, change: Partial<PaperEvidence>) =>
    gates.find((gate) => gate.id === id)!.check({ ...good, paper: { ...goodPaper, ...change } });
  const day = 86_400_000;
  const wins = (won: number, of: number) => Array.from({ length: of }, (_, i) => ({ netPnl: i < won ? 1 : -1 }));
  test.each<[string, Partial<PaperEvidence>, Partial<PaperEvidence>]>([
    ['s2-paper-window', { endedAt: goodPaper.startedAt + 14 * day }, { endedAt: goodPaper.startedAt + 13.99 * day }],
    ['s2-paper-window', { completeSessions: 10 }, { completeSessions: 9 }],
    ['s2-paper-window', { registered: true }, { registered: false }],
    ['s2-paper-drawdown', { navs: [10_000, 10_250, 9737.6] }, { navs: [10_000, 10_250, 9737.5] }],
    [
      's2-paper-win-days',
      { dailyReturns: [...Array<number>(56).fill(0.01), ...Array<number>(44).fill(-0.01), 0] },
      { dailyReturns: [...Array<number>(11).fill(0.01), ...Array<number>(9).fill(-0.01)] },
    ],
    ['s2-paper-win-trades', { trades: wins(17, 30) }, { trades: wins(22, 40) }],
    ['s2-paper-win-trades', { trades: wins(30, 30) }, { trades: wins(29, 29) }],
    [
      's2-paper-catastrophic',
      { incidents: [{ code: 'halt', kind: 'operator' }] },
      { incidents: [{ code: 'limit-breach', kind: 'catastrophic' }] },
    ],
    ['s2-capital', {}, { deployment: { ...goodPaper.deployment, capitalUsd: 10_001 } }],
    ['s2-capital', {}, { deployment: { ...goodPaper.deployment, contracts: 2 } }],
    ['s2-capital', {}, { deployment: { ...goodPaper.deployment, instrument: 'NQ' } }],
    ['s2-paper-parity', {}, { parityMismatches: 1 }],
    ['s2-paper-uptime', { sessionMinutes: 1000, upMinutes: 990 }, { sessionMinutes: 1000, upMinutes: 989 }],
    ['s2-paper-drill', {}, { successfulDrills: 0 }],
    ['s2-paper-one-version', {}, { configHashes: ['a', 'b'] }],
    ['s2-paper-one-version', {}, { policyHashes: [] }],
    ['s2-paper-costs', { realisedCost: 15, modelledCost: 10 }, { realisedCost: 15.1, modelledCost: 10 }],
    ['s2-paper-psr', {}, { dailyReturns: goodPaper.dailyReturns.slice(0, 59) }],
  ])('%s passes at its bound and fails beyond', (id, passes, fails) => {
    expect(judged(id, passes)).toMatchObject({ passed: true });
    expect(judged(id, fails)).toMatchObject({ passed: false });
  });

  test('a Sortino ratio of exactly 2.0 fails, and no losing day is no ratio', () => {
    const daily = [0.01, -0.02, 0.03, -0.01, 0.02];
    const exact = judged('s2-paper-sortino', { dailyReturns: daily });
    expect(exact.observed).toBeCloseTo(9.524705, 6);
    expect(exact.passed).toBe(true);
    const gate = gates.find(({ id }) => id === 's2-paper-sortino')!;
    expect(gate.check({ ...good, paper: { ...goodPaper, dailyReturns: daily } })).toMatchObject({ op: '>', threshold: 2 });
    const lossless = judged('s2-paper-sortino', { dailyReturns: [0.01, 0.02, 0.03] });
    expect(lossless).toMatchObject({ passed: false, observed: Number.NaN, because: expect.stringContaining('none lost') });
  });

  test('without a run every gate fails and says what is missing; with one each says how often was tried', () => {
    for (const gate of gates) {
      expect(gate.check({ ...good, paper: null })).toMatchObject({
        passed: false,
        observed: Number.NaN,
        because: expect.stringContaining('no run of paper trading is recorded'),
      });
      expect(gate.check(good).because).toContain('attempt 1 of this model; 2 models on paper this quarter');
    }
    expect(judged('s2-paper-psr', {}).because).toContain('29 % of the strategies without any edge pass ten days');
  });
});
