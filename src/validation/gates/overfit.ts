import { z } from 'zod';
import { cscv } from '../statistics/cscv.ts';
import { checkDays } from '../statistics/returns.ts';
import { orReason, sayRatio, unknown } from './daily.ts';
import { defineGate } from './define-gate.ts';
import type { Evidence, InnerReturns } from './gate.ts';
import { share, wholeFrom } from './numbers.ts';
import { percent } from './worst.ts';

/** Said with every probability of overfitting. */
export const pboIsNoVerdict =
  'PBO alone refuses nothing: where all trials share one edge, the best of one half is an ordinary one of the other, and PBO is near 50 % though nothing is overfitted';

/**
 * Picking the best trial by one half of the inner validation days must not lose on the other half: combinatorially symmetric
 * cross-validation (Bailey, Borwein, Lopez de Prado and Zhu 2017) over the daily returns of the study's complete trials there. `observed`
 * is the probability of loss; the probability of backtest overfitting (PBO) is shown beside it.
 */
export const overfitGate = defineGate({
  id: 'overfit',
  rule: 1,
  asks: 'share of the halves of the inner days whose best trial loses on the other half; PBO is shown beside it',
  source: 'Bailey, Borwein, Lopez de Prado and Zhu 2017',
  numbers: z.strictObject({
    maximumLoss: share('probability of a loss of the best trial on the other half of the inner days, inclusive'),
    minimumTrials: wholeFrom(2, 'complete trials with daily returns below which the gate fails'),
    blocks: z
      .union([z.literal(8), z.literal(16)])
      .meta({ description: 'blocks that the inner days are cut into; each half of them picks a best trial' }),
  }),
  op: '<=',
  threshold: ({ maximumLoss }) => maximumLoss,
  observe: ({ search }, { minimumTrials, blocks }) =>
    orReason(() => {
      const complete = completeOf(search);
      if (complete.length < minimumTrials)
        return unknown(
          `${complete.length} complete trials with daily returns of the inner validation are too few: ${minimumTrials} are needed`,
        );
      const { days } = complete[0]!;
      checkDays(days, `days of trial ${complete[0]!.number}`);
      const other = complete.find((one) => one.days.length !== days.length || one.days.some((day, i) => day !== days[i]));
      if (other !== undefined) return unknown(`trial ${other.number} was measured on other days than trial ${complete[0]!.number}`);
      const found = cscv(
        complete.map(({ returns }) => returns),
        { blocks, minimumTrials },
      );
      if (found.because !== null) return unknown(found.because);
      const because =
        `the best of ${complete.length} trials on one half of ${days.length} inner days loses on the other half in ${percent(found.probabilityOfLoss)} ` +
        `of ${found.combinations} halves; PBO ${percent(found.pbo)}, slope of the ratio there on that here ${sayRatio(found.degradationSlope)}. ${pboIsNoVerdict}`;
      return { observed: found.probabilityOfLoss, because };
    }),
});

/** Daily returns of the complete trials, by number. */
export function completeOf({ innerReturns }: Evidence['search']): readonly InnerReturns[] {
  return innerReturns.filter(({ pruned }) => pruned !== true).sort((a, b) => a.number - b.number);
}
