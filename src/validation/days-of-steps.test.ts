import { expect, test } from 'vitest';
import { createRng } from '../core/rng.ts';
import { areDaysOfSteps } from './days-of-steps.ts';

const rng = createRng('days of steps');
const perDay = 390;
const steps = Float64Array.from({ length: 20 * perDay }, () => (rng.uniform() < 0.3 ? 0 : 1e-4 * rng.normal()));
const days = Array.from({ length: 20 }, (_, day) =>
  steps.subarray(day * perDay, (day + 1) * perDay).reduce((growth, step) => growth * (1 + step), 1),
).map((growth) => growth - 1);

test('days that compound the steps are those of the steps, flat ones too, and one step a day', () => {
  expect(areDaysOfSteps(days, steps)).toBe(true);
  expect(areDaysOfSteps([0.01, -0.02], Float64Array.of(0.01, -0.02))).toBe(true);
  expect(areDaysOfSteps([0, 0], new Float64Array(6))).toBe(true);
  // The account is back where it was before the day ends.
  expect(areDaysOfSteps([0, 0.01], Float64Array.of(0.5, -1 / 3, 0.5, -1 / 3, 0.01))).toBe(true);
  expect(areDaysOfSteps([], [])).toBe(true);
});

test.each<readonly [string, readonly number[], ArrayLike<number>]>([
  ['a better day', days.with(7, days[7]! + 1e-6), steps],
  ['a better last day', days.with(-1, days.at(-1)! + 1e-6), steps],
  ['two days in another order', days.with(0, days[1]!).with(1, days[0]!), steps],
  ['a day that is left out', days.slice(1), steps],
  ['a day more', [...days, 0], steps],
  ['a last day that is left out', days.slice(0, -1), steps],
  ['days without steps', [0.01], []],
  ['steps without days', [], [0.01]],
  ['NaN', [Number.NaN], [Number.NaN]],
])('%s is not', (_, daily, of) => expect(areDaysOfSteps(daily, of)).toBe(false));
