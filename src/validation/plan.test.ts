import { expect, test } from 'vitest';
import { type PlannedStudy, planFigures } from './plan.ts';

const plan: PlannedStudy = {
  trials: 24,
  seedsPerTrial: 1,
  models: 3,
  seeds: 3,
  folds: 4,
  looks: 3,
  days: 60,
  innerDays: 51,
  sessionsPerYear: 252,
  level: 0.005,
};

test('60 days, 3 looks: 8.3 a year, and what annual 1, 2 and 3 would need', () => {
  const { power, trainings, warnings } = planFigures(plan);
  expect(power!.dailySharpe).toBeCloseTo(0.5243359315303229, 12);
  expect(power!.annualSharpe).toBeCloseTo(8.323574869707752, 12);
  expect(power!.daysFor.map(({ annualSharpe }) => annualSharpe)).toEqual([1, 2, 3]);
  expect(power!.daysFor.map(({ days }) => days)).toEqual([3602, 907, 408]);
  expect(trainings).toEqual({ search: 24, validation: 36 });
  expect(warnings).toEqual([
    '60 days cannot show an annual Sharpe ratio below 8.3: an annual ratio of 3 needs 408 days; plan longer tests or more folds',
  ]);
});

test('at level .01 the ratio is the one of the design: 60 days cannot show less than 7.8', () => {
  expect(planFigures({ ...plan, level: 0.01 }).warnings[0]).toMatch(/^60 days cannot show an annual Sharpe ratio below 7\.8:/);
});

test('the answer follows the calendar of the data', () => {
  const [shares, crypto] = [252, 365].map((sessionsPerYear) => planFigures({ ...plan, sessionsPerYear }).power!);
  expect(crypto!.dailySharpe).toBe(shares!.dailySharpe);
  expect(crypto!.annualSharpe / shares!.annualSharpe).toBeCloseTo(Math.sqrt(365 / 252), 12);
  expect(crypto!.daysFor[2]!.days).toBeGreaterThan(shares!.daysFor[2]!.days);
});

test('enough days warn of nothing; seeds of a trial count as trainings', () => {
  expect(planFigures({ ...plan, days: 408, seedsPerTrial: 2 })).toMatchObject({ warnings: [], trainings: { search: 48, validation: 36 } });
  expect(planFigures({ ...plan, days: 407 }).warnings).toHaveLength(1);
});

test('too few days show nothing at all', () => {
  const { power, warnings } = planFigures({ ...plan, days: 5 });
  expect(power!.dailySharpe).toBe(Number.POSITIVE_INFINITY);
  expect(warnings[0]).toMatch(/^5 days cannot show any Sharpe ratio: an annual ratio of 3 needs 408 days/);
});

test('luck in the search: the best of 24 trials without skill on 51 days', () => {
  const { luck } = planFigures(plan);
  expect(luck!.annualSharpe).toBeCloseTo((1.98 / Math.sqrt(50)) * Math.sqrt(252), 1);
  expect(planFigures({ ...plan, innerDays: 1 + luck!.yearsForOne * 252 }).luck!.annualSharpe).toBeCloseTo(1, 9);
  for (const unknown of [{ innerDays: null }, { innerDays: 1 }, { trials: null }])
    expect(planFigures({ ...plan, ...unknown }).luck).toBeNull();
});

test('what is unknown or too few to judge is said', () => {
  const unlimited = planFigures({ ...plan, days: 500, trials: null });
  expect(unlimited.trainings.search).toBeNull();
  expect(unlimited.warnings).toEqual([expect.stringContaining('no limit of trials')]);
  expect(planFigures({ ...plan, days: 500, trials: 9 }).warnings).toEqual([expect.stringContaining('9 trials are too few')]);
});

test('a gate policy that asks for no evidence has nothing to detect', () => {
  expect(planFigures({ ...plan, level: null })).toMatchObject({ power: null, warnings: [] });
});
