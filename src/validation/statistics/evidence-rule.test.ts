import { describe, expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { probabilisticSharpe, sampleOf } from '../deflated-sharpe.ts';
import { evidenceOf } from './evidence-rule.ts';
import { meanError } from './newey-west.ts';

const noise = (seed: string, days: number, mean: number): number[] => {
  const rng = createRng(seed);
  return Array.from({ length: days }, () => 0.01 * (mean + rng.normal()));
};
const meanOf = (seeds: readonly (readonly number[])[]): number[] =>
  seeds[0]!.map((_, day) => seeds.reduce((sum, one) => sum + one[day]! / seeds.length, 0));

const three = ['a', 'b', 'c'].map((seed) => noise(seed, 120, 0.4));

test('the probability is that of the mean of the seeds, day by day; the worst seed stands beside it', () => {
  const verdict = evidenceOf(three, 3);
  expect(verdict.mean.probability).toBeCloseTo(probabilisticSharpe(sampleOf(meanOf(three)), 0), 12);
  expect(verdict.seeds.map(({ probability }) => probability)).toEqual(three.map((one) => probabilisticSharpe(sampleOf(one), 0)));
  const worst = Math.min(...verdict.seeds.map(({ probability }) => probability));
  expect(verdict.seeds[verdict.worstSeed]!.probability).toBe(worst);
  expect(verdict.mean.probability).toBeGreaterThan(worst);
  expect(verdict).toMatchObject({ passed: true, everySeedAboveZero: true, because: null });
});

test('each look raises what is required', () => {
  expect(evidenceOf(three, 1).required).toBeCloseTo(0.995, 12);
  expect(evidenceOf(three, 3).required).toBeCloseTo(0.995 ** (1 / 3), 12);
  expect(evidenceOf(three, 3, 0.01).required).toBeCloseTo(0.99 ** (1 / 3), 12);
  const weak = [noise('weak', 120, 0.28)];
  const { probability } = evidenceOf(weak, 1).mean;
  expect(probability).toBeGreaterThan(0.995);
  expect(evidenceOf(weak, 1).passed).toBe(true);
  expect(evidenceOf(weak, 100_000).passed).toBe(false);
});

test('one seed that lost fails it, however good the mean is', () => {
  const lost = [...three, noise('d', 120, 1), noise('lost', 120, -0.3)];
  const verdict = evidenceOf(lost, 3);
  expect(verdict.mean.probability).toBeGreaterThan(verdict.required);
  expect(verdict).toMatchObject({ passed: false, everySeedAboveZero: false, worstSeed: 4 });
});

describe('dependent days', () => {
  test("the error of the mean is Newey and West's where the autocorrelation is beyond two errors", () => {
    const smooth = noise('smooth', 121, 0.4).map((x, i, all) => (x + (all[i - 1] ?? x)) / 2);
    const { mean: skill } = evidenceOf([smooth], 1);
    const { iid, standardError } = meanError(smooth);
    expect(skill.usesNeweyWest).toBe(true);
    expect(skill.effectiveDays).toBeCloseTo(1 + 120 * (iid / standardError) ** 2, 9);
    expect(skill.probability).toBeLessThan(probabilisticSharpe(sampleOf(smooth), 0));
    expect(skill.probability).toBeCloseTo(probabilisticSharpe({ ...sampleOf(smooth), periods: skill.effectiveDays }, 0), 12);
  });

  test('independent days count as they are', () => {
    expect(evidenceOf(three, 3).mean).toMatchObject({ usesNeweyWest: false, effectiveDays: 120, days: 120 });
  });
});

test('nothing to judge: NaN, failed, the reason in words', () => {
  expect(evidenceOf([], 3)).toMatchObject({ passed: false, worstSeed: -1, because: 'no seed was evaluated' });
  const flat = evidenceOf([three[0]!, new Array<number>(120).fill(0)], 3);
  expect(flat).toMatchObject({ passed: false, everySeedAboveZero: false, worstSeed: 1 });
  const constant = evidenceOf([new Array<number>(60).fill(0.01)], 3);
  expect(constant).toMatchObject({ passed: false, because: '60 daily returns that do not vary have no Sharpe ratio' });
  expect(constant.mean.probability).toBeNaN();
  for (const looks of [Number.NaN, 0])
    expect(evidenceOf(three, looks)).toMatchObject({
      passed: false,
      required: Number.NaN,
      because: 'the number of looks at these days is unknown',
    });
  expect(evidenceOf([[]], 3)).toMatchObject({ passed: false });
});

test('wrong input is refused with its place', () => {
  expect(() => evidenceOf([three[0]!, three[1]!.slice(1)], 3)).toThrow(expect.objectContaining({ code: 'data_invalid', place: 'seed 1' }));
  expect(() => evidenceOf([[0.1, Number.POSITIVE_INFINITY]], 3)).toThrow(expect.objectContaining({ place: 'seed 0[1]' }));
});
