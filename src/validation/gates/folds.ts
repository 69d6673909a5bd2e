import { z } from 'zod';
import { totalReturn } from '../metrics.ts';
import { mean } from '../moments.ts';
import { unknown, withDaily } from './daily.ts';
import { defineGate } from './define-gate.ts';
import type { SeedEvidence } from './gate.ts';
import { share, wholeFrom } from './numbers.ts';

/**
 * A gain that comes from one fold alone is an event, not a rule: the mean of the seeds must earn more than 0 on most folds. `observed` is
 * the share of such folds. The seed with the fewest is shown beside it.
 */
export const foldsGate = defineGate({
  id: 'folds',
  rule: 1,
  asks: 'share of the folds on which the mean of the seeds earns more than 0',
  source: 'GATES: at least 4 walk-forward folds, at least 3 of them positive',
  numbers: z.strictObject({
    minimumFolds: wholeFrom(1, 'walk-forward folds that must have been evaluated'),
    minimumPositive: share('share of the folds with a positive return of the mean of the seeds, inclusive'),
  }),
  op: '>=',
  threshold: ({ minimumPositive }) => minimumPositive,
  observe: (evidence, { minimumFolds }) =>
    withDaily(evidence, ({ seeds }) => {
      const numbers = seeds.map(({ folds }) => folds.length);
      const folds = Math.min(...numbers);
      if (Math.max(...numbers) !== folds) return unknown('the seeds were evaluated on different folds');
      const returns = seeds.map(({ folds: own }) => own.map(({ dailyReturns }) => totalReturn(dailyReturns)));
      const means = Array.from({ length: folds }, (_, fold) => mean(returns.map((own) => own[fold]!)));
      const positive = positiveOf(means);
      const lowest = returns.reduce((least, own, i) => (positiveOf(own) < positiveOf(returns[least]!) ? i : least), 0);
      const observed = means.some(Number.isNaN) ? Number.NaN : positive / folds;
      const few = folds < minimumFolds ? `; at least ${minimumFolds} folds are needed` : '';
      const because = `the mean of the seeds earned more than 0 on ${positive} of ${folds} folds (${sayWorst(seeds, returns, lowest)})${few}`;
      return { observed, because, refused: folds < minimumFolds };
    }),
});

const positiveOf = (returns: readonly number[]): number => returns.filter((one) => one > 0).length;

function sayWorst(seeds: readonly SeedEvidence[], returns: readonly (readonly number[])[], worst: number): string {
  return `seed ${seeds[worst]!.seed}, the worst of ${seeds.length}: ${positiveOf(returns[worst]!)}`;
}
