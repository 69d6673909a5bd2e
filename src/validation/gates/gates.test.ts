import { describe, expect, test } from 'vitest';
import { evidence, fold } from '../../../tests/fixtures/gate-evidence.ts';
import { createRng } from '../../core/rng.ts';
import type { FoldEvaluation } from '../../search/study/walk-forward.ts';
import { loadGatePolicy } from '../../trading/config/load.ts';
import { seedsGate } from './amount.ts';
import { deflatedSharpeGate } from './deflated-sharpe.ts';
import { checkGates } from './index.ts';
import { type GatePolicy, gatesOf, policyVersion } from './policy.ts';
import { drawdownGate, returnGate, windowGate } from './sprint.ts';
import { stabilityGate } from './stability.ts';

/** Step returns whose product is exactly 1 + total at the start and nothing after. */
function steps(count: number, ...returns: readonly number[]): FoldEvaluation {
  const stepReturns = new Float64Array(count);
  stepReturns.set(returns);
  return fold({ stepReturns });
}

const window = { steps: 20_000 };

describe('window gate', () => {
  const gate = windowGate(window);
  test('20,000 steps pass, 19,999 fail', () => {
    expect(gate.check(evidence([steps(12_000), steps(8_000)]))).toMatchObject({ passed: true, observed: 20_000, op: '>=' });
    expect(gate.check(evidence([steps(12_000), steps(7_999)]))).toMatchObject({ passed: false, observed: 19_999 });
  });
  test('the shortest seed decides, and no evidence fails', () => {
    expect(gate.check(evidence([steps(20_000)], [steps(19_000)])).observed).toBe(19_000);
    expect(gate.check({ ...evidence([]), seeds: [] })).toMatchObject({ passed: false, observed: Number.NaN });
  });
});

describe('return gate', () => {
  const gate = returnGate({ ...window, minimum: 0.01 });
  test('a return of exactly 1 % passes, slightly less fails', () => {
    expect(gate.check(evidence([steps(20_000, 0.01)])).passed).toBe(true);
    expect(gate.check(evidence([steps(20_000, 0.00999999)])).passed).toBe(false);
  });
  test('gains after the first 20,000 steps do not count', () => {
    const late = steps(20_001);
    late.stepReturns[20_000] = 0.5;
    expect(gate.check(evidence([late]))).toMatchObject({ passed: false, observed: 0 });
  });
  test('folds are one account: their returns compound in order', () => {
    const gateResult = gate.check(evidence([steps(10_000, 0.1), steps(10_000, 0.1)]));
    expect(gateResult.observed).toBeCloseTo(0.21, 12);
  });
  test('19,999 steps fail regardless of the return', () => {
    const gateResult = gate.check(evidence([steps(19_999, 0.5)]));
    expect(gateResult).toMatchObject({ passed: false, observed: Number.NaN });
    expect(gateResult.because).toBe(
      'net return of 50.00 % over only 19,999 out-of-sample steps, where 20,000 are needed (seed 0, the only one)',
    );
  });
  test('the worst seed decides and is named', () => {
    const gateResult = gate.check(evidence([steps(20_000, 0.3)], [steps(20_000, 0.005)], [steps(20_000, 0.2)]));
    expect(gateResult).toMatchObject({ passed: false });
    expect(gateResult.because).toContain('seed 1, the worst of 3');
    expect(gateResult.because).toContain('first 20,000 out-of-sample steps');
  });
  test('NaN fails', () => {
    expect(gate.check(evidence([steps(20_000, Number.NaN)], [steps(20_000, 0.3)]))).toMatchObject({ passed: false, observed: Number.NaN });
  });
  test('the result states the window', () => {
    expect(returnGate({ minimum: 0.01, steps: 7_800 }).check(evidence([steps(7_800, 0.02)])).because).toContain(
      'first 7,800 out-of-sample steps',
    );
  });
});

describe('drawdown gate', () => {
  const gate = drawdownGate({ ...window, maximum: 0.02 });
  test('a drawdown of exactly 2 % passes, more fails', () => {
    expect(gate.check(evidence([steps(20_000, -0.02)]))).toMatchObject({ passed: true, op: '<=' });
    expect(gate.check(evidence([steps(20_000, -0.02000001)])).passed).toBe(false);
  });
  test('a fall that spans two folds counts whole', () => {
    expect(gate.check(evidence([steps(10_000, -0.015), steps(10_000, -0.015)])).passed).toBe(false);
  });
  test('NaN and too few steps fail', () => {
    expect(gate.check(evidence([steps(20_000, Number.NaN)])).passed).toBe(false);
    expect(gate.check(evidence([steps(100)])).passed).toBe(false);
  });
});

describe('stability gate', () => {
  const gate = stabilityGate({ maximumDrawdown: 0.02 });
  test('one early termination on any seed is one too many', () => {
    expect(gate.check(evidence([fold(), fold()])).passed).toBe(true);
    expect(gate.check(evidence([fold()], [fold(), fold({ earlyTerminations: 1 })]))).toMatchObject({
      passed: false,
      observed: 1,
      op: '==',
    });
    expect(gate.check(evidence([])).passed).toBe(false);
  });
  test('a margin call on any seed is one too many', () => {
    const called = gate.check(evidence([fold()], [fold({ metrics: { marginCalls: 2 } }), fold()]));
    expect(called).toMatchObject({ passed: false, observed: 2 });
    expect(called.because).toContain('below the maintenance margin: 2');
    expect(gate.check(evidence([fold({ metrics: { marginCalls: 0 } })])).passed).toBe(true);
    expect(gate.check(evidence([fold({ metrics: { marginCalls: Number.NaN } })])).passed).toBe(false);
  });
  test('fails under a drawdown limit that is looser than the required one', () => {
    const loose = gate.check(evidence([fold(), fold({ drawdownLimit: 1 })]));
    expect(loose).toMatchObject({ passed: false, observed: 0 });
    expect(loose.because).toContain('ended at a drawdown of 100.00 % only');
    expect(gate.check(evidence([fold({ drawdownLimit: 0.01 })])).passed).toBe(true);
    expect(gate.check(evidence([fold({ drawdownLimit: Number.NaN })])).passed).toBe(false);
  });
});

test('seeds gate: three passes, two or one seed twice fail', () => {
  const gate = seedsGate({ minimumSeeds: 3 });
  expect(gate.check(evidence([fold()], [fold()], [fold()]))).toMatchObject({ passed: true, observed: 3, threshold: 3 });
  const two = evidence([fold()], [fold()]);
  expect(gate.check(two)).toMatchObject({ passed: false, because: '2 of at least 3 seeds were evaluated' });
  expect(gate.check({ ...two, seeds: [...two.seeds, ...two.seeds] }).passed).toBe(false);
});

test('the seeds gate states how correlated daily returns are and the equivalent number of independent seeds', () => {
  const rng = createRng(3);
  const common = Array.from({ length: 60 }, () => rng.normal());
  const alike = () => fold({ dailyReturns: common.map((x) => 0.001 * x) });
  const own = () => fold({ dailyReturns: common.map(() => 0.001 * rng.normal()) });
  const because = (...seeds: readonly FoldEvaluation[]) => {
    const [first, ...others] = seeds.map((one) => [one]);
    return seedsGate({ minimumSeeds: 3 }).check(evidence(first!, ...others)).because;
  };
  expect(because(alike(), alike(), alike())).toBe(
    '3 of at least 3 seeds were evaluated; their daily returns correlate by 1.00, as 1.0 independent ones',
  );
  expect(because(own(), own(), own())).toMatch(/correlate by -?0\.[01][0-9], as (2\.[6-9]|3\.0) independent ones$/);
  expect(because(own(), own(), fold({ dailyReturns: [0.1, 0.2] }))).toBe('3 of at least 3 seeds were evaluated');
});

describe('versions', () => {
  const policy = loadGatePolicy('dual-ticker');
  const versions = (change: Partial<GatePolicy['gates']> = {}) =>
    Object.fromEntries(gatesOf({ gates: { ...policy.gates, ...change } }).map(({ id, version }) => [id, version]));

  test('of a result changes with the numbers of its gate, and of no other', () => {
    const before = versions();
    expect(versions()).toEqual(before);
    for (const version of Object.values(before)) expect(version).toMatch(/^[0-9]+\+[0-9a-f]{8}$/);
    const after = versions({ 's1-return': { severity: 'refuse', minimum: 0, steps: 20_000 } });
    expect(Object.keys(before).filter((id) => before[id] !== after[id])).toEqual(['s1-return']);
    expect(versions({ 's1-return': { ...policy.gates['s1-return']!, severity: 'warn' } })).toEqual(before);
  });

  test('of a policy changes with every number and severity, and not with its description', () => {
    const version = policyVersion(policy);
    expect(version).toMatch(/^dual-ticker\+[0-9a-f]{8}$/);
    expect(policyVersion({ ...policy, description: 'another' })).toBe(version);
    const seeds = policy.gates.seeds!;
    for (const change of [
      { gates: { ...policy.gates, seeds: { ...seeds, minimumSeeds: 2 } } },
      { gates: { ...policy.gates, seeds: { ...seeds, severity: 'warn' } } },
      { promotes: true },
      { expiresAfterDays: 91 },
      { coolDownDays: 8 },
      { championMargin: 0.1 },
    ] as const)
      expect(policyVersion({ ...policy, ...change })).not.toBe(version);
  });
});

describe('deflated Sharpe gate', () => {
  const gate = deflatedSharpeGate({ minimum: 0.95, minimumDays: 60 });
  const daily = (days: number, sharpeRatio: number, seed = 1) => {
    const rng = createRng(seed);
    const raw = Array.from({ length: days }, () => rng.normal());
    const center = raw.reduce((sum, x) => sum + x, 0) / days;
    const deviation = Math.sqrt(raw.reduce((sum, x) => sum + (x - center) ** 2, 0) / (days - 1));
    return fold({ dailyReturns: raw.map((x) => 0.001 * ((x - center) / deviation + sharpeRatio)) });
  };

  test('a strong record passes, a weak one does not', () => {
    expect(gate.check(evidence([daily(60, 0.6)])).passed).toBe(true);
    expect(gate.check(evidence([daily(60, 0.2)])).passed).toBe(false);
  });
  test('59 days fail regardless of the returns', () => {
    const gateResult = gate.check(evidence([daily(59, 3)]));
    expect(gateResult).toMatchObject({ passed: false, observed: Number.NaN });
    expect(gateResult.because).toContain('59 daily returns are too few');
  });
  test('more trials tried raise the bar, pruned and failed ones included', () => {
    const base = evidence([daily(60, 0.55)]);
    expect(gate.check(base).passed).toBe(true);
    expect(gate.check({ ...base, search: { ...base.search, trialsTried: 2_000, trialsOnSameData: 2_000 } }).passed).toBe(false);
  });
  test('trials of other studies on the same data raise the bar like those of this study, and the result states both counts', () => {
    const base = evidence([daily(60, 0.55)]);
    const gateResult = gate.check({ ...base, search: { ...base.search, trialsOnSameData: 2_000 } });
    expect(gateResult.passed).toBe(false);
    expect(gateResult.because).toContain('the luckiest of 2,000 worthless trials would show 0.45');
    expect(gateResult.because).toContain("24 of the trials are this study's");
  });
  test('the ratios of complete trials do not move the bar: it is the same whichever of them a pruner stopped', () => {
    const base = evidence([daily(60, 0.6)]);
    const of = (trialSharpes: readonly number[]) => gate.check({ ...base, search: { ...base.search, trialSharpes } });
    const all = of(base.search.trialSharpes);
    expect(all.passed).toBe(true);
    for (const kept of [base.search.trialSharpes.slice(15), [0.1], [0.1, Number.NaN], [0.1, 1.5e15], Array<number>(20).fill(0)])
      expect(of(kept)).toMatchObject({ observed: all.observed, passed: true });
  });
  test('states the variance of the complete trials beside it, unknown where a trial has no ratio or they do not vary', () => {
    const base = evidence([daily(60, 0.6)]);
    const of = (trialSharpes: readonly number[]) => gate.check({ ...base, search: { ...base.search, trialSharpes } }).because;
    expect(of(base.search.trialSharpes)).toMatch(/; by the variance of 20 complete trials 99\.9\d+ % above 0\.12; /);
    expect(of([0.1, 0.2, 0.3, Number.NaN])).toContain('by the variance of 4 complete trials unknown above unknown');
    expect(of([0.1, 0.1, 0.1])).toContain('by the variance of 3 complete trials unknown above unknown');
    expect(of([0.1, 0.2, 0.3, 1.5e15])).toBe(of([0.1, 0.2, 0.3, 0]));
  });
  test('states the probability, the bar of luck, and the bar for a robust variance', () => {
    expect(gate.check(evidence([daily(60, 0.6)])).because).toMatch(
      /^99\.\d+ %: unlikely to be luck; daily Sharpe 0\.60 over 60 days, the luckiest of 24 worthless trials would show 0\.26 \(seed 0, the only one; /,
    );
    const gateResult = gate.check(evidence([daily(60, -0.36)]));
    expect(gateResult.because).toMatch(/^(?:0\.0\d+|below 0\.001) %: too likely luck; daily Sharpe -0\.36 over 60 days, /);
    expect(gateResult.because).toMatch(/; by a robust variance [^;]* above 0\.1\d\)$/);
  });
  test.each([
    ['0.001', () => 0.001],
    ['0.0007', () => 0.0007],
    ['1e-300', () => 1e-300],
    ['0.001 but for rounding', (i: number) => (1 + i * 1e-4) * 1.001 - (1 + i * 1e-4) - i * 1e-7],
    ['two values in turn', (i: number) => (i % 2 === 0 ? 0.002 : -0.001)],
    ['nothing but one day', (i: number) => (i === 30 ? 0.01 : 0)],
  ])('daily returns without variation fail: %s', (_, returnOf) => {
    const gateResult = gate.check(evidence([fold({ dailyReturns: Array.from({ length: 60 }, (__, i) => returnOf(i)) })]));
    expect(gateResult).toMatchObject({ passed: false, observed: Number.NaN });
    expect(gateResult.because).toContain('60 daily returns that do not vary have no Sharpe ratio');
  });
  test('says how many days a record like this one needs', () => {
    const weak = gate.check(evidence([daily(60, 0.35)]));
    expect(weak.passed).toBe(false);
    const needed = Number(/needs ([0-9,]+) days/.exec(weak.because)?.[1]?.replace(',', ''));
    expect(needed).toBeGreaterThan(60);
    expect(gate.check(evidence([daily(60, 0.05)])).because).toContain('no record like this one is long enough');
    expect(Number(/needs ([0-9,]+) days/.exec(gate.check(evidence([daily(60, 0.6)])).because)?.[1])).toBeLessThanOrEqual(60);
  });
  test('the worst seed decides', () => {
    expect(gate.check(evidence([daily(60, 0.9)], [daily(60, 0.1, 2)])).because).toContain('seed 1, the worst of 2');
  });
  test('a flat account, a miscount and no seed fail', () => {
    const good = evidence([daily(60, 0.9)]);
    expect(gate.check(evidence([fold({ dailyReturns: Array(60).fill(0) })])).passed).toBe(false);
    expect(gate.check({ ...good, search: { ...good.search, trialsTried: 1, trialsOnSameData: 1, trialSharpes: [0.1, 0.2] } }).passed).toBe(
      false,
    );
    expect(gate.check({ ...good, seeds: [] }).passed).toBe(false);
  });
  test('a single trial was not selected: its Sharpe ratio is compared with 0', () => {
    const gateResult = gate.check({
      ...evidence([daily(60, 0.3)]),
      search: { ...evidence().search, trialsTried: 1, trialsOnSameData: 1, trialSharpes: [0.3] },
    });
    expect(gateResult.passed).toBe(true);
  });
});

test('gates give all results, the same ones each time, and pass only when each does', () => {
  const rng = createRng(3);
  const good = fold({
    stepReturns: Float64Array.from({ length: 20_000 }, () => 1e-5 + 1e-5 * rng.normal()),
    dailyReturns: Array.from({ length: 60 }, () => 0.004 + 0.001 * rng.normal()),
  });
  const asked = gatesOf(loadGatePolicy('dual-ticker'));
  const once = checkGates(asked, evidence([good], [good], [good]));
  expect(once).toEqual(checkGates(asked, evidence([good], [good], [good])));
  expect(once.passed).toBe(true);
  expect(once.gateResults.map(({ gate }) => gate)).toEqual([
    'seeds',
    's1-window',
    's1-return',
    's1-drawdown',
    's1-stability',
    's1-friction',
  ]);
  const broken = checkGates(asked, evidence([good], [good], [{ ...good, earlyTerminations: 2 }]));
  expect(broken.passed).toBe(false);
  expect(broken.gateResults.filter(({ passed }) => !passed).map(({ gate }) => gate)).toEqual(['s1-stability']);
});

test('a warning is a result like another and refuses nothing; warnings alone promote nothing', () => {
  const few = evidence([fold()], [fold()]);
  const [asked, shown] = [seedsGate({ minimumSeeds: 2 }), seedsGate({ minimumSeeds: 3 }, 'warn')];
  const both = checkGates([asked, shown], few);
  expect(both.gateResults.map(({ passed, severity }) => [passed, severity])).toEqual([
    [true, 'refuse'],
    [false, 'warn'],
  ]);
  expect(both.passed).toBe(true);
  expect(checkGates([seedsGate({ minimumSeeds: 2 }, 'warn')], few).passed).toBe(false);
  expect(checkGates([], few).passed).toBe(false);
});
