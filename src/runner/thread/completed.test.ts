import { describe, expect, test } from 'vitest';
import type { Goal } from '../../search/trial/history.ts';
import { completed } from './completed.ts';

const goals: readonly Goal[] = [
  { name: 'sharpe', direction: 'maximize', reference: null },
  { name: 'drawdown', direction: 'minimize', reference: 0.3 },
];

describe('the return value of an objective', () => {
  test('may say how uncertain its value is, with one objective', () => {
    expect(completed({ value: 2, noise: { sd: 0.5, seeds: 3 } }, null)).toEqual({
      kind: 'complete',
      value: 2,
      metrics: {},
      noise: { variance: 0.25, seeds: 3 },
    });
    expect(() => completed({ value: 2, noise: { sd: -1 } }, null)).toThrow(
      expect.objectContaining({ code: 'trial_failed', place: 'noise.sd' }),
    );
    const several = { values: { sharpe: 1, drawdown: 0 }, noise: { sd: 1 } };
    expect(() => completed(several, goals)).toThrow(expect.objectContaining({ code: 'trial_failed', place: 'noise' }));
  });

  test('is a number, or an object with a value, metrics and constraints', () => {
    expect(completed(2, null)).toEqual({ kind: 'complete', value: 2, metrics: {} });
    expect(completed({ value: 2, constraints: [-1, Number.POSITIVE_INFINITY], metrics: { a: Number.NaN } }, null)).toEqual({
      kind: 'complete',
      value: 2,
      constraints: [-1, Number.POSITIVE_INFINITY],
      metrics: { a: Number.NaN },
    });
  });

  test('may have daily returns, which are checked', () => {
    const dailyReturns = { days: ['2024-03-01', '2024-03-04'], returns: [0.01, -0.02] };
    expect(completed({ value: 2, dailyReturns }, null)).toEqual({ kind: 'complete', value: 2, metrics: {}, dailyReturns });
    expect(completed({ values: { sharpe: 1, drawdown: 0 }, dailyReturns }, goals)).toMatchObject({ dailyReturns });
    const nan = { value: 2, dailyReturns: { ...dailyReturns, returns: [0, Number.NaN] } };
    expect(() => completed(nan, null)).toThrow(expect.objectContaining({ code: 'not_finite', place: 'dailyReturns.returns[1]' }));
    const doubled = { value: 2, dailyReturns: { ...dailyReturns, days: ['2024-03-01', '2024-03-01'] } };
    expect(() => completed(doubled, null)).toThrow(expect.objectContaining({ code: 'trial_failed', place: 'dailyReturns.days[1]' }));
  });

  test('with several objectives has a value by the name of each, in the order of the study', () => {
    const result = { values: { drawdown: Number.POSITIVE_INFINITY, sharpe: 1 }, metrics: { days: 3 } };
    expect(completed(result, goals)).toEqual({ kind: 'complete', value: 1, values: [1, Number.POSITIVE_INFINITY], metrics: { days: 3 } });
  });

  test.each([
    ['a number where there are several objectives', 3, 'trial_failed', 'no values'],
    ['a value too few', { values: { sharpe: 1 } }, 'trial_failed', 'the objective drawdown returned nothing'],
    ['a value too many', { values: { sharpe: 1, drawdown: 1, calmar: 2 } }, 'trial_failed', 'no objective "calmar"'],
    ['a text', { values: { sharpe: 1, drawdown: 'low' } }, 'trial_failed', 'returned a string'],
    ['NaN anywhere', { values: { sharpe: 1, drawdown: Number.NaN } }, 'not_finite', "drawdown's value is NaN"],
    ['a constraint that is NaN', { values: { sharpe: 1, drawdown: 0 }, constraints: [0, Number.NaN] }, 'not_finite', 'constraint 1 is NaN'],
    ['a constraint that is no list', { values: { sharpe: 1, drawdown: 0 }, constraints: 3 }, 'trial_failed', 'no list of numbers'],
    ['nothing', undefined, 'trial_failed', 'no values'],
  ])('%s fails the trial', (_, result, code, message) => {
    let caught: unknown;
    try {
      completed(result as never, goals);
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ code, message: expect.stringContaining(message) as string, hint: expect.any(String) as string });
  });
});
