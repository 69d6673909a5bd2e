import { expect, test } from 'vitest';
import { createRng } from '../core/rng.ts';
import { compareJudged, type JudgedTrial, unpaired } from './compare-judged.ts';
import { dailyRatio } from './paired.ts';

const day = 86_400_000;
const days = 12;

/** Two folds of twelve days and two seeds; `shift` is earned more on every day. */
function judged(shift = 0, change: Partial<JudgedTrial> = {}): JudgedTrial {
  const rng = createRng('days');
  const common = Array.from({ length: 4 }, () => Array.from({ length: days }, () => rng.normal() / 100));
  return {
    name: 'scalper@champion',
    trial: 'one#3',
    folds: [0, 1].map((fold) => ({ fold, testStart: (fold * days + 40) * day, testEnd: (fold * days + 40 + days) * day })),
    data: [{ name: 'bars', hash: 'd'.repeat(64) }],
    seeds: [1, 2],
    evaluations: [1, 2].flatMap((seed) =>
      [0, 1].map((fold) => ({
        seed,
        fold,
        dailyReturns: common[(seed - 1) * 2 + fold]!.map((value) => value + (fold === 1 ? -shift : shift)),
        costs: { transactionBp: 1, impactBp: 0.5 },
      })),
    ),
    ...change,
  };
}

const challenger = (shift: number, change: Partial<JudgedTrial> = {}) => judged(shift, { name: 'two#7', trial: 'two#7', ...change });

test('two judged trials are paired by fold, seed and day, and signs are counted in folds and in pairs', () => {
  const compared = compareJudged(judged(), challenger(0.001));
  expect(compared).toMatchObject({
    arm: 'two#7',
    reference: 'scalper@champion',
    days: 24,
    foldsAbove: 1,
    foldsBelow: 1,
    pairsAbove: 2,
    pairsBelow: 2,
    pairsEqual: 0,
  });
  expect(compared.low).toBeLessThan(compared.difference);
  const [first] = compared.folds;
  const ratio = (trial: JudgedTrial) => dailyRatio(trial.evaluations.find(({ seed, fold }) => seed === 2 && fold === 0)!.dailyReturns);
  expect(first!.seeds).toEqual([
    { seed: 1, difference: expect.any(Number) as number },
    { seed: 2, difference: ratio(challenger(0.001)) - ratio(judged()) },
  ]);
  expect(compareJudged(judged(), challenger(0))).toMatchObject({ difference: 0, low: 0, high: 0, pairsAbove: 0, pairsEqual: 4 });
});

const other = judged().folds.map((fold) => ({ ...fold, testStart: fold.testStart + day, testEnd: fold.testEnd + day }));
const seeded = challenger(0, { seeds: [1, 2, 3] });

test.each([
  [
    'days',
    challenger(0, { folds: other }),
    'were judged on different days: 2 folds, 1970-02-10 to 1970-03-05, and 2 folds, 1970-02-11 to 1970-03-06',
    "--like 'one#3' --same-seed",
  ],
  [
    'data',
    challenger(0, { data: [{ name: 'bars', hash: 'e'.repeat(64) }] }),
    'were judged on other data: bars dddddddd, and bars eeeeeeee',
    'assay trial enqueue two',
  ],
  ['seeds', seeded, 'were trained with other seeds: 1, 2, and 1, 2, 3', "assay validate 'one#3' --seeds 3"],
  [
    'costs',
    challenger(0, { evaluations: judged().evaluations.map((one) => ({ ...one, costs: { transactionBp: 1, impactBp: one.fold / 2 } })) }),
    'paid other costs in fold 0: impactBp 0.5, transactionBp 1, and impactBp 0, transactionBp 1',
    'assay validate',
  ],
])('other %s are refused, with both sides and what to run', (_, two, because, hint) => {
  expect(unpaired(judged(), judged())).toBeNull();
  const refusal = { code: 'conflict', message: expect.stringContaining(because) as string, hint: expect.stringContaining(hint) as string };
  expect(() => compareJudged(judged(), two)).toThrow(expect.objectContaining(refusal));
});

test('folds that overlap are refused: their days would count more than once', () => {
  const folds = judged().folds.map((fold, i) => ({ ...fold, testStart: fold.testStart - i * day }));
  expect(unpaired(judged(0, { folds }), challenger(0, { folds }))?.because).toContain('overlap');
});

test('a fold of fewer days, and returns that are no number, show nothing', () => {
  const cut = challenger(0.001, { evaluations: judged().evaluations.map((one) => ({ ...one, dailyReturns: one.dailyReturns.slice(1) })) });
  expect(() => compareJudged(judged(), cut)).toThrow(expect.objectContaining({ code: 'data_invalid' }));
  const broken = challenger(0.001, {
    evaluations: judged().evaluations.map((one) => ({ ...one, dailyReturns: one.dailyReturns.map(() => Number.NaN) })),
  });
  expect(compareJudged(judged(), broken)).toMatchObject({ difference: Number.NaN, low: Number.NaN });
});
