import { expect, test } from 'vitest';
import { readValidation } from '../../src/storage/validations/read-validation.ts';
import { openValidation, saveEvaluation } from '../../src/storage/validations/save-validation.ts';
import { sharpe } from '../../src/validation/metrics.ts';
import { useArtifacts } from '../fixtures/artifacts.ts';
import { useDatabase } from '../fixtures/database.ts';
import { evaluation, plan, policyOf } from '../fixtures/evaluations.ts';
import { bars, complete, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();
const store = useArtifacts();
const study = () => studyWith(database.db, [{ outcome: complete(0.4, { sharpeDaily: 0.04 }) }], { direction: 'maximize' });

test('the headline is each seed on one account through its folds, averaged over the seeds', async () => {
  const { id, name } = await study();
  const validation = await openValidation(database.db, plan(id));
  const folds = [
    { dailyReturns: [0.01, -0.02, 0.001], metrics: { totalReturn: -0.0092098, maxDrawdown: 0.02, highestNav: 1.01, lowestNav: 0.9898 } },
    { dailyReturns: [-0.03, 0.02, 0], metrics: { totalReturn: -0.0106, maxDrawdown: 0.03, highestNav: 1, lowestNav: 0.97 } },
  ];
  for (const seed of [1, 2])
    for (const [fold, { dailyReturns, metrics }] of folds.entries()) {
      const traded =
        seed === 1
          ? { dailyReturns, metrics }
          : { dailyReturns: [0, 0, 0], metrics: { totalReturn: 0, maxDrawdown: 0, highestNav: 1, lowestNav: 1 } };
      const evaluated = {
        ...evaluation(0),
        ...traded,
        metrics: { ...traded.metrics, sharpeDaily: Number.NaN, activeDays: seed === 1 ? 2 : 0 },
      };
      const subject = { kind: 'policy', number: 0, seed, policy: policyOf(0, seed, fold) } as const;
      await saveEvaluation(database.db, store, validation, { subject, fold, evaluation: evaluated, data: [bars] });
    }
  const [item] = (await readValidation(database.db, name)).items;
  // The mean drawdown of the folds of the first seed is 2.5 %; from the peak in the first to the low in the second it fell 4.85 %.
  expect(item!.metrics['maxDrawdown']).toBeCloseTo((1 - (0.9907902 * 0.97) / 1.01) / 2, 12);
  expect(item!.metrics['totalReturn']).toBeCloseTo((0.9907902 * 0.9894 - 1) / 2, 12);
  expect(item!.metrics['sharpeDaily']).toBeCloseTo(sharpe([0.01, -0.02, 0.001, -0.03, 0.02, 0]) / 2, 12);
  expect(item!.metrics['activeDays']).toBe(2);
});

test.each([
  [0.2, true],
  [0.5, false],
])('the headline has an interval only beside a ratio: 8 active days of 20 at a floor of %d', async (leastActiveShare, known) => {
  const { id, name } = await study();
  const validation = await openValidation(database.db, plan(id, { seeds: [1] }));
  const dailyReturns = [0.01, 0, -0.004, 0, 0.02, 0, 0.003, 0, 0, 0];
  for (const fold of [0, 1]) {
    const subject = { kind: 'policy', number: 0, seed: 1, policy: policyOf(0, 1, fold) } as const;
    const evaluated = { ...evaluation(0), dailyReturns, metrics: { sharpeDaily: 0, leastActiveShare } };
    await saveEvaluation(database.db, store, validation, { subject, fold, evaluation: evaluated, data: [bars] });
  }
  const { sharpeDaily, ...others } = (await readValidation(database.db, name)).items[0]!.metrics;
  expect(sharpeDaily).toBe(known ? sharpe([...dailyReturns, ...dailyReturns]) : 0);
  expect('sharpeDailyLow' in others).toBe(known);
});
