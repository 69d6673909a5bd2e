import { expect, test } from 'vitest';
import { contextOf, table, task } from '../../../tests/fixtures/trading-task.ts';

test('a saved policy, walked over a test part, gives the returns and figures of its evaluation, without training', async () => {
  const { plan, evaluate, vault } = task.walkForward;
  const dataset = () => Promise.resolve(table);
  const [fold, later] = await plan({ dataset });
  const { policy, metrics, ...evaluation } = await evaluate({ ...contextOf(), seed: 1 }, fold!);
  const context = { dataset, signal: new AbortController().signal };
  const { metrics: figures, ...walked } = await vault!.walk(context, fold!, policy);
  expect(walked).toEqual(evaluation);
  expect(metrics).toMatchObject(figures);
  expect(figures).toHaveProperty('sharpeDaily');
  // Over other days, the same policy with the normaliser of its own training part.
  const elsewhere = await vault!.walk(context, { ...fold!, testStart: later!.testStart, testEnd: later!.testEnd }, policy);
  expect(elsewhere.dailyReturns).toHaveLength(2);
  expect(elsewhere.dailyReturns).not.toEqual(evaluation.dailyReturns);
});
