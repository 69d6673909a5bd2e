import { describe, expect, test } from 'vitest';
import { fold } from '../../../tests/fixtures/gate-evidence.ts';
import { dailyReturnsOf, goodEvidence } from '../../../tests/fixtures/good-evidence.ts';
import { createRng } from '../../core/rng.ts';
import { evidenceOf } from '../statistics/evidence-rule.ts';
import { daysGate } from './amount.ts';
import { beatsBaselineGate } from './beats-baseline.ts';
import { meanOf } from './daily.ts';
import { driftGate } from './drift.ts';
import { evidenceGate } from './evidence.ts';
import { foldsGate } from './folds.ts';
import type { Evidence } from './gate.ts';
import { overfitGate } from './overfit.ts';
import { stressGate } from './stress.ts';

/** Seeds whose folds have these daily returns: `[seed][fold][day]`. */
const withReturns = (...seeds: readonly (readonly (readonly number[])[])[]): Evidence => ({
  ...goodEvidence,
  seeds: seeds.map((folds, seed) => ({ seed, folds: folds.map((dailyReturns) => fold({ dailyReturns })) })),
});
/** Returns with exactly this mean and standard deviation (ddof 1). */
const exactly = (days: number, mean: number, deviation: number, seed = 1): readonly number[] => {
  const rng = createRng(seed);
  const raw = Array.from({ length: days }, () => rng.normal());
  const center = raw.reduce((sum, x) => sum + x, 0) / days;
  const spread = Math.sqrt(raw.reduce((sum, x) => sum + (x - center) ** 2, 0) / (days - 1));
  return raw.map((x) => mean + (deviation * (x - center)) / spread);
};

describe('days', () => {
  const gate = daysGate({ minimumDays: 60 });
  test('60 pass, 59 of one seed fail, however many the others have', () => {
    const [many, sixty, fewer] = [90, 60, 59].map((n) => exactly(n, 0.01, 0.01));
    expect(gate.check(withReturns([many!], [sixty!]))).toMatchObject({ passed: true, observed: 60 });
    expect(gate.check(withReturns([many!], [fewer!]))).toMatchObject({ passed: false, observed: 59 });
  });
});

describe('folds', () => {
  const gate = foldsGate({ minimumFolds: 4, minimumPositive: 0.75 });
  const up = [0.01, 0.01];
  const down = [-0.01, 0];
  test('three of four pass, two fail, and a fold that earned exactly 0 is not positive', () => {
    expect(gate.check(withReturns([up, up, down, up]))).toMatchObject({ passed: true, observed: 0.75 });
    expect(gate.check(withReturns([up, down, down, up])).passed).toBe(false);
    expect(gate.check(withReturns([up, [0, 0], down, up]))).toMatchObject({ passed: false, observed: 0.5 });
  });
  test('three folds are too few, even where all are positive', () => {
    expect(gate.check(withReturns([up, up, up]))).toMatchObject({ passed: false, observed: 1 });
    expect(gate.check(withReturns([up, up, up])).because).toContain('at least 4 folds are needed');
  });
  test('the mean of the seeds decides, and the worst seed stands beside it', () => {
    const gateResult = gate.check(withReturns([up, up, up, up], [[-0.001, 0], [-0.001, 0], [-0.001, 0], up]));
    expect(gateResult).toMatchObject({ passed: true, observed: 1 });
    expect(gateResult.because).toContain('(seed 1, the worst of 2: 1)');
  });
  test('seeds on different folds fail', () => expect(gate.check(withReturns([up, up], [[...up, ...up]])).observed).toBeNaN());
});

describe('evidence', () => {
  const gate = evidenceGate({ level: 0.005 });
  const looked = (looks: number, returns: readonly number[] = exactly(60, 0.0036, 0.01)) =>
    gate.check({ ...withReturns([returns], [returns]), looks, judged: [] });
  test('asks the more the more often the days were looked at', () => {
    expect(looked(1).threshold).toBeCloseTo(0.995, 12);
    expect(looked(3).threshold).toBeCloseTo(1 - 0.0016694521863086509, 12);
    expect([1, 3, 100].map((looks) => looked(looks).passed)).toEqual([true, false, false]);
  });
  test('observes what the rule says, and passes just above the bound and not below', () => {
    const at = (mean: number) => looked(1, exactly(60, mean, 0.01));
    let [low, high] = [0.001, 0.01];
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2;
      if (at(middle).passed) high = middle;
      else low = middle;
    }
    expect(at(high).observed).toBeCloseTo(0.995, 9);
    expect(at(high).passed).toBe(true);
    expect(at(low).passed).toBe(false);
    expect(at(high).observed).toBe(evidenceOf([exactly(60, high, 0.01), exactly(60, high, 0.01)], 1).mean.probability);
  });
  test('every seed must earn more than 0, which the worst one shows', () => {
    const strong = exactly(60, 0.02, 0.01);
    const losing = exactly(60, -1e-6, 0.001, 2);
    const gateResult = gate.check({ ...withReturns([strong], [losing]), looks: 1, judged: [] });
    expect(gateResult.observed).toBeGreaterThan(0.995);
    expect(gateResult.passed).toBe(false);
    expect(gateResult.because).toContain('not every seed earned more than 0: seed 1');
  });
  test('states the interval of the ratio, daily and annual', () => {
    expect(looked(1).because).toMatch(/daily Sharpe 0\.36 \(95 %: 0\.\d\d to 0\.\d\d\), annual 5\.7 \(\d+\.\d to \d+\.\d\) over 60 days/);
  });
  test.each([
    ['unknown', Number.NaN, []],
    ['none', 0, []],
    ['a fraction', 1.5, []],
    ['fewer than the models judged', 1, goodEvidence.judged],
  ])('looks that are %s fail, with a reason', (_, looks, judged) => {
    const gateResult = gate.check({ ...withReturns([exactly(60, 0.02, 0.01)]), looks, judged });
    expect(gateResult).toMatchObject({ passed: false, observed: Number.NaN, threshold: 1 - 0.005 });
    expect(gateResult.because).toMatch(/look/);
  });
  test('returns that do not vary, and seeds of other days, fail', () => {
    expect(looked(1, Array<number>(60).fill(0.001))).toMatchObject({ passed: false, observed: Number.NaN });
    const other = gate.check({ ...withReturns([exactly(60, 0.02, 0.01)], [exactly(59, 0.02, 0.01)]), looks: 1, judged: [] });
    expect(other.because).toContain('(seed 1)');
  });
  test('days that are not those of the steps are no evidence, whoever evaluated', () => {
    const honest = { ...withReturns([exactly(60, 0.02, 0.01)]), looks: 1, judged: [], origin: 'external' as const };
    expect(gate.check(honest).passed).toBe(true);
    const told = honest.seeds.map(({ seed, folds }) => ({
      seed,
      folds: folds.map((one) => ({ ...one, stepReturns: one.stepReturns.map((step) => step - 1e-4) })),
    }));
    expect(gate.check({ ...honest, seeds: told })).toMatchObject({
      passed: false,
      observed: Number.NaN,
      because: `the daily returns of seed ${told[0]!.seed}, fold 0 are not those of its steps`,
    });
  });
});

describe('beats-baseline', () => {
  const gateOf = (evidence: Evidence) => beatsBaselineGate({ level: 0.05, rivals: Object.keys(evidence.baselines) });
  const check = (evidence: Evidence) => gateOf(evidence).check(evidence);
  const own = meanOf(goodEvidence.seeds.map(dailyReturnsOf));
  const against = (baselines: Readonly<Record<string, { readonly training?: number; readonly returns: readonly number[] }>>) => ({
    ...goodEvidence,
    seeds: goodEvidence.seeds.map(({ seed }) => ({ seed, folds: [fold({ dailyReturns: own })] })),
    judged: [{ number: goodEvidence.search.number, dailyReturns: own }],
    baselines: Object.fromEntries(
      Object.entries(baselines).map(([name, { training, returns }]) => [
        name,
        [fold({ dailyReturns: returns, metrics: training === undefined ? {} : { trainingSharpeDaily: training } })],
      ]),
    ),
  });
  const better = own.map((one, day) => one + 0.0005 + 0.0002 * (day % 3));
  const worse = own.map((one, day) => one - 0.0005 - 0.0002 * (day % 3));
  test('the baseline that is best in training decides, however good another one was in the test', () => {
    expect(check(against({ bad: { training: 0.2, returns: worse }, good: { training: 0.1, returns: better } })).passed).toBe(true);
    const gateResult = check(against({ bad: { training: 0.1, returns: worse }, good: { training: 0.2, returns: better } }));
    expect(gateResult).toMatchObject({ passed: false, observed: 1 });
    expect(gateResult.because).toMatch(/^[\d.]+ bp/);
    expect(gateResult.because).toContain("bp a day less than the best of 2 rivals by each fold's training part (good)");
  });
  test('where training is not known every baseline must be beaten', () => {
    expect(check(against({ bad: { returns: worse }, flat: { returns: own.map(() => 0) } })).passed).toBe(true);
    expect(check(against({ bad: { returns: worse }, good: { returns: better } })).passed).toBe(false);
  });
  test('a model that was one of many must be better by the test of all of them', () => {
    const base = against({ flat: { training: 0, returns: own.map(() => 0) } });
    const weak = exactly(120, 0.00165, 0.01, 3);
    const one = { ...base, seeds: base.seeds.map((seed) => ({ ...seed, folds: [fold({ dailyReturns: weak })] })) };
    const judgedAmong = (n: number) =>
      check({
        ...one,
        judged: [
          { number: base.search.number, dailyReturns: weak },
          ...Array.from({ length: n - 1 }, (_, i) => ({ number: 100 + i, dailyReturns: exactly(120, 0, 0.01, 10 + i) })),
        ],
      }).observed;
    expect(judgedAmong(1)).toBeLessThan(0.05);
    expect(judgedAmong(10)).toBeGreaterThan(0.05);
  });
  test('a judged model that traded on one day is no rival, and does not make the test unknown; this model itself does', () => {
    const base = against({ flat: { training: 0, returns: own.map(() => 0) } });
    const once = own.map((_, day) => (day === 3 ? 0.01 : 0));
    const beside = check({ ...base, judged: [...base.judged, { number: 77, dailyReturns: once }] });
    expect(beside.observed).toBe(check(base).observed);
    expect(beside.because).toContain('for the best of 2 judged, 1 of which without differences that vary');
    const itself = { ...base, seeds: base.seeds.map(({ seed }) => ({ seed, folds: [fold({ dailyReturns: once })] })) };
    expect(check({ ...itself, judged: [...base.judged.map((one) => ({ ...one, dailyReturns: once }))] })).toMatchObject({
      passed: false,
      observed: Number.NaN,
    });
  });
  test('a rival whose days are not those of its steps is none', () => {
    const given = against({ flat: { training: 0, returns: worse } });
    const [worsened] = given.baselines['flat']!;
    const told = { ...given, baselines: { flat: [{ ...worsened!, stepReturns: Float64Array.from(own) }] } };
    expect(check(told)).toMatchObject({ observed: Number.NaN, because: 'the daily returns of flat, fold 0 are not those of its steps' });
  });
  test('a rival that was not evaluated fails, and those that are not asked do not count', () => {
    const gate = beatsBaselineGate({ level: 0.05, rivals: ['bad', 'linear'] });
    expect(gate.check(against({ bad: { training: 0.1, returns: worse } }))).toMatchObject({
      passed: false,
      because: 'not evaluated on these folds: linear',
    });
    const some = against({ bad: { training: 0.1, returns: worse }, good: { training: 0.2, returns: better } });
    expect(beatsBaselineGate({ level: 0.05, rivals: ['bad'] }).check(some).passed).toBe(true);
  });
  test.each([
    ['this model not among the judged', { ...goodEvidence, judged: [] }],
    ['a baseline of other days', against({ flat: { training: 0, returns: own.slice(1) } })],
    ['the baseline itself', against({ same: { training: 0, returns: own } })],
  ])('fails with %s', (_, evidence) => expect(check(evidence)).toMatchObject({ passed: false, observed: Number.NaN }));
});

describe('stress', () => {
  const gate = stressGate({ lossWithoutBestDays: 0.5, suspiciousDelay: 0.9 });
  const earned = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 0.002 : -0.001 - 1e-5 * (i % 3)));
  const stressed = (change: Readonly<Record<string, readonly number[]>>): Evidence => ({
    ...withReturns([earned]),
    checks: {
      ...goodEvidence.checks!,
      stress: Object.fromEntries(
        Object.entries({ 'costs-x2': earned, 'one-bar-late': earned, 'without-best-days': earned, 'half-volume': earned, ...change }).map(
          ([kind, returns]) => [kind, { returns: [returns] }],
        ),
      ),
    },
  });
  const zero = Array<number>(60).fill(0);
  test.each(['costs-x2', 'one-bar-late', 'half-volume'])('a return of 0 under %s fails, a small one passes', (kind) => {
    expect(gate.check(stressed({ [kind]: zero }))).toMatchObject({ passed: false, observed: 0 });
    expect(gate.check(stressed({ [kind]: [1e-6, ...zero.slice(1)] })).passed).toBe(true);
  });
  test('without its best days it may lose less than half of what it earned', () => {
    const total = earned.reduce((nav, one) => nav * (1 + one), 1) - 1;
    expect(gate.check(stressed({ 'without-best-days': [-0.49 * total] })).passed).toBe(true);
    expect(gate.check(stressed({ 'without-best-days': [-0.51 * total] })).passed).toBe(false);
  });
  test('a delay that costs nearly all of the ratio is named as a sign of look-ahead', () => {
    const late = exactly(60, 1e-6, 0.01);
    expect(gate.check(stressed({ 'one-bar-late': late })).because).toContain('a sign of look-ahead');
    expect(gate.check(stressed({})).because).not.toContain('look-ahead');
    const losing = { ...stressed({ 'one-bar-late': exactly(60, -0.02, 0.01) }), seeds: withReturns([exactly(60, -0.01, 0.01)]).seeds };
    expect(gate.check(losing).because).not.toContain('look-ahead');
  });
  test('a stress that was not walked, or not for every seed, fails', () => {
    const { 'half-volume': _, ...some } = stressed({}).checks!.stress;
    expect(gate.check({ ...stressed({}), checks: { ...goodEvidence.checks!, stress: some } }).because).toContain('half-volume');
    expect(gate.check({ ...stressed({}), seeds: withReturns([earned], [earned]).seeds }).observed).toBeNaN();
    expect(gate.check({ ...stressed({}), checks: null }).passed).toBe(false);
  });
  test('a model that earned nothing fails, whatever stress makes of it', () => {
    expect(gate.check({ ...stressed({}), seeds: withReturns([zero]).seeds }).passed).toBe(false);
  });
});

describe('overfit', () => {
  const gate = overfitGate({ maximumLoss: 0.1, minimumTrials: 10, blocks: 8 }, 'warn');
  const of = (n: number, returns: (trial: number) => readonly number[], change = {}): Evidence => ({
    ...goodEvidence,
    search: {
      ...goodEvidence.search,
      innerReturns: Array.from({ length: n }, (_, number) => ({
        number,
        days: Array.from(
          { length: 48 },
          (__, i) => `2024-${String(1 + Math.floor(i / 28)).padStart(2, '0')}-${String(1 + (i % 28)).padStart(2, '0')}`,
        ),
        returns: returns(number),
        ...change,
      })),
    },
  });
  test('trials that share an edge never lose, trials of noise often do', () => {
    const edge = gate.check(of(12, (i) => exactly(48, 0.01, 0.005, i)));
    expect(edge).toMatchObject({ passed: true, observed: 0, severity: 'warn' });
    expect(edge.because).toContain('PBO alone refuses nothing');
    const noise = gate.check(of(12, (i) => exactly(48, 0, 0.005, i)));
    expect(noise.passed).toBe(false);
    expect(noise.observed).toBeGreaterThan(0.5);
  });
  test('nine complete trials are too few, and pruned ones do not count', () => {
    expect(gate.check(of(10, (i) => exactly(48, 0.01, 0.005, i))).passed).toBe(true);
    const nine = gate.check(of(9, (i) => exactly(48, 0.01, 0.005, i)));
    expect(nine).toMatchObject({ passed: false, observed: Number.NaN });
    expect(nine.because).toContain('9 complete trials');
    expect(gate.check(of(10, (i) => exactly(48, 0.01, 0.005, i), { pruned: true })).because).toContain('0 complete trials');
  });
  test('trials of other days, and too few days, fail', () => {
    const good = of(12, (i) => exactly(48, 0.01, 0.005, i));
    const [first, ...rest] = good.search.innerReturns;
    const other = { ...first!, days: first!.days.map((one) => one.replace('2024', '2023')) };
    expect(gate.check({ ...good, search: { ...good.search, innerReturns: [other, ...rest] } }).because).toContain('other days');
    const short = good.search.innerReturns.map((one) => ({ ...one, days: one.days.slice(0, 7), returns: one.returns.slice(0, 7) }));
    expect(gate.check({ ...good, search: { ...good.search, innerReturns: short } }).observed).toBeNaN();
  });
});

describe('drift', () => {
  const gate = driftGate({ minimumKept: 0.5 }, 'warn');
  const of = (inner: number, outer: number): Evidence => ({
    ...withReturns([exactly(60, outer, 0.01)]),
    search: { ...goodEvidence.search, number: 3, innerReturns: [{ number: 3, days: [], returns: exactly(48, inner, 0.01) }] },
  });
  test('keeping half passes, less fails', () => {
    expect(gate.check(of(0.004, 0.00201)).passed).toBe(true);
    expect(gate.check(of(0.004, 0.00199)).passed).toBe(false);
    expect(gate.check(of(0.004, 0.002)).observed).toBeCloseTo(0.5, 12);
  });
  test('of a ratio that is not above 0 nothing can be kept, and an unknown one fails', () => {
    expect(gate.check(of(-0.001, 0.002)).observed).toBeNaN();
    expect(gate.check({ ...of(0.004, 0.004), search: { ...goodEvidence.search, number: 99 } }).because).toContain('not kept');
  });
});
