import { z } from 'zod';
import { sharpe } from '../metrics.ts';
import { sayRatio, saySharpe, unknown, withDaily } from './daily.ts';
import { defineGate } from './define-gate.ts';
import { share } from './numbers.ts';

/**
 * What the search promised should come true: the daily Sharpe ratio of the walk-forward over that of the inner validation, which the trial
 * was chosen by. The best of many is expected to shrink; losing most of it is worth a look.
 */
export const driftGate = defineGate({
  id: 'drift',
  rule: 1,
  asks: 'daily Sharpe ratio of the walk-forward over that of the inner validation which the trial was chosen by',
  source: 'ours',
  numbers: z.strictObject({ minimumKept: share('share of the inner daily Sharpe ratio that the walk-forward keeps, inclusive') }),
  op: '>=',
  threshold: ({ minimumKept }) => minimumKept,
  observe: (evidence) =>
    withDaily(evidence, ({ mean, sessionsPerYear }) => {
      const inner = evidence.search.innerReturns.find(({ number }) => number === evidence.search.number);
      if (inner === undefined) return unknown('the daily returns of this trial on the inner validation are not kept');
      const [before, after] = [sharpe(inner.returns), sharpe(mean)];
      if (!(before > 0))
        return unknown(`the trial has a daily Sharpe ratio of ${sayRatio(before)} on the inner validation, of which nothing can be kept`);
      const because = `on the inner validation ${saySharpe(inner.returns, sessionsPerYear)} over ${inner.returns.length} days; on the walk-forward ${saySharpe(mean, sessionsPerYear)} over ${mean.length} days`;
      return { observed: after / before, because };
    }),
});
