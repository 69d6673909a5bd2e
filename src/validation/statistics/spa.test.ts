import { expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { meanAbove } from './bootstrap.ts';
import { superiorAbility } from './spa.ts';

const noise = (seed: string, days: number, mean: number): number[] => {
  const rng = createRng(seed);
  return Array.from({ length: days }, () => 0.01 * (mean + rng.normal()));
};

test('one model alone is the test of its mean', () => {
  const one = noise('alone', 60, 0.15);
  expect(Math.abs(superiorAbility([one]).p - meanAbove(one).p)).toBeLessThan(0.015);
});

/** Noise whose mean is exactly 2 standard errors above 0. */
function lucky(seed: string, days: number): number[] {
  const returns = noise(seed, days, 0);
  const center = returns.reduce((sum, x) => sum + x, 0) / days;
  const deviation = Math.sqrt(returns.reduce((sum, x) => sum + (x - center) ** 2, 0) / days);
  return returns.map((x) => x - center + (2 * deviation) / Math.sqrt(days));
}

test('rivals raise the bar, hopeless ones do not', () => {
  const best = lucky('best', 120);
  const rivals = [0, 1, 2, 3].map((i) => noise(`rival ${i}`, 120, 0));
  const hopeless = [0, 1, 2, 3].map((i) => noise(`hopeless ${i}`, 120, -1));
  const options = { meanBlock: 1, draws: 4000 };
  const alone = superiorAbility([best], options);
  const amongRivals = superiorAbility([...rivals, best], options);
  const amongHopeless = superiorAbility([...hopeless, best], options);
  expect(amongRivals.best).toBe(4);
  expect(amongRivals.p).toBeGreaterThan(2 * alone.p);
  expect(Math.abs(amongHopeless.p - alone.p)).toBeLessThan(0.012);
  expect(amongHopeless.upper).toBeGreaterThan(amongHopeless.p);
});

test('a model as volatile as it is lucky does not hide a steady one: means count in their own errors', () => {
  const steady = noise('steady', 120, 0.4);
  const wild = noise('wild', 120, 0.05).map((x) => 100 * x);
  expect(superiorAbility([wild, steady])).toMatchObject({ best: 1 });
  expect(superiorAbility([wild, steady]).p).toBeLessThan(0.01);
});

test('no model above the baseline: p is 1', () => {
  expect(superiorAbility([noise('a', 60, -0.5), noise('b', 60, -0.5)])).toMatchObject({ statistic: 0, p: 1 });
});

test('the same differences give the same answer', () => {
  const differences = [noise('a', 60, 0.2), noise('b', 60, 0.2)];
  expect(superiorAbility(differences)).toEqual(superiorAbility(differences));
});

test('models whose differences do not vary are no rivals: the baseline itself, one that traded on one day, a constant', () => {
  const flat = new Array<number>(60).fill(0);
  const one = noise('one', 60, 0.2);
  const none = 'no model has differences to the baseline that vary';
  expect(superiorAbility([flat, one])).toEqual({ ...superiorAbility([one]), best: 1 });
  expect(superiorAbility([flat])).toMatchObject({ p: Number.NaN, best: -1, rivals: 0, because: none });
  expect(superiorAbility([])).toMatchObject({ p: Number.NaN, because: none });
  expect(superiorAbility([flat.with(7, 0.5), one, flat.map(() => 0.01)])).toEqual({ ...superiorAbility([one]), best: 1 });
  expect(superiorAbility([flat.with(7, 0.5)])).toMatchObject({ p: Number.NaN, because: none });
});

test('too little to judge: NaN with the reason; wrong input is refused', () => {
  expect(superiorAbility([noise('few', 10, 0)])).toMatchObject({ p: Number.NaN, because: expect.stringMatching(/^10 returns/) });
  expect(() => superiorAbility([[0.1, 0.2], [0.1]])).toThrow(expect.objectContaining({ code: 'data_invalid', place: 'model 1' }));
});
