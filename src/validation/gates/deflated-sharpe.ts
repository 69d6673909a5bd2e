import { z } from 'zod';
import { deflatedSharpe, expectedMaximumSharpe, minimumTrackRecord, sampleOf, varianceWithoutSkill } from '../deflated-sharpe.ts';
import { deflatedThreeWays, type Luck, varianceOverDays } from '../statistics/luck.ts';
import { plausibleRatio } from '../variation.ts';
import { sayProbability, sayRatio } from './daily.ts';
import { defineGate } from './define-gate.ts';
import { looksKnown } from './evidence.ts';
import { type Evidence, holds } from './gate.ts';
import { probability, wholeFrom } from './numbers.ts';
import { completeOf } from './overfit.ts';
import { count, dailyReturnsOf, saySeed, worstSeed } from './worst.ts';

/**
 * The Sharpe ratio of the daily out-of-sample returns must exceed the expected best of all trials without skill (Bailey and Lopez de
 * Prado 2014). N counts every trial tried on the same data, over all studies, pruned and failed ones included; counting correlated
 * trials as independent is the stricter choice. V is what luck alone gives the ratios of trials without skill on these days, 1 / (T - 1). The
 * variance of the study's complete trials would depend on the pruner, which stops those that look bad, on the ranges of the search, and on
 * the length of the inner validation; the result states it beside, as measured and scaled to these days, with other readings.
 */
export const deflatedSharpeGate = defineGate({
  id: 'deflated-sharpe',
  rule: 4,
  asks: 'probability that the true Sharpe ratio of the worst seed is above what the luckiest of all worthless trials on the same data would show',
  source: 'Bailey and Lopez de Prado 2014',
  numbers: z.strictObject({
    minimum: probability('probability that the true Sharpe ratio is above what the luckiest of all worthless trials would show, inclusive'),
    minimumDays: wholeFrom(2, 'daily returns below which the gate fails, whatever they say'),
  }),
  op: '>=',
  threshold: ({ minimum }) => minimum,
  observe: (evidence, { minimum, minimumDays }) => {
    const { trialsTried, trialsOnSameData, trialSharpes } = evidence.search;
    // Fewer trials tried than completed is a wrong count, and the bar would be too low.
    const miscounted = trialsTried < trialSharpes.length || trialsOnSameData < trialsTried;
    const days = Math.min(...evidence.seeds.map((seed) => dailyReturnsOf(seed).length));
    const { seed, value } = worstSeed(evidence, 'higher', (one) => {
      const returns = dailyReturnsOf(one);
      if (returns.length < minimumDays || miscounted) return Number.NaN;
      return deflatedSharpe(sampleOf(returns), varianceWithoutSkill(returns.length), trialsOnSameData);
    });
    const evaluated = evidence.seeds.find((one) => one.seed === seed);
    const because = (): string => {
      if (evaluated === undefined) return 'no seed was evaluated';
      if (days < minimumDays) return `${days} daily returns are too few for a Sharpe ratio: ${minimumDays} are needed`;
      if (miscounted)
        return `${trialSharpes.length} complete, ${trialsTried} tried, ${trialsOnSameData} on the same data: the counts contradict each other`;
      const sample = sampleOf(dailyReturnsOf(evaluated));
      const bar = expectedMaximumSharpe(varianceWithoutSkill(sample.periods), trialsOnSameData);
      if (Number.isNaN(sample.sharpe))
        return `${sample.periods} daily returns that do not vary have no Sharpe ratio (${saySeed(evidence, seed)})`;
      const needed = minimumTrackRecord(sample, bar, minimum);
      const record = Number.isNaN(needed)
        ? 'no record like this one is long enough'
        : `a record like this one needs ${count(Math.ceil(needed))} days`;
      const luck = holds(value, '>=', minimum) ? 'unlikely to be luck' : 'too likely luck';
      return (
        `${sayProbability(value)}: ${luck}; daily Sharpe ${sayRatio(sample.sharpe)} over ${sample.periods} days, ` +
        `the luckiest of ${count(trialsOnSameData)} worthless ${trialsOnSameData === 1 ? 'trial' : 'trials'} would show ${sayRatio(bar)} ` +
        `(${saySeed(evidence, seed)}; ${count(trialsTried)} of the trials are this study's; ${record}; ${otherReadings(evidence, dailyReturnsOf(evaluated))})`
      );
    };
    return { observed: value, because: because() };
  },
});

/** What other counts of trials and other variances would say; each with its bar. */
function otherReadings(evidence: Evidence, returns: readonly number[]): string {
  const { trialsOnSameData, trialSharpes } = evidence.search;
  const complete = completeOf(evidence.search);
  const days = complete[0]?.returns.length ?? 0;
  const aligned = complete.length > 1 && complete.every((one) => one.returns.length === days);
  const { all, effective, looked } = deflatedThreeWays(returns, {
    trials: trialsOnSameData,
    trialSharpes: trialSharpes.map(plausibleRatio),
    innerReturns: aligned ? complete.map((one) => one.returns) : [],
    looks: looksKnown(evidence) ? evidence.looks : Number.NaN,
  });
  const say = (what: string, { probability: value, bar }: Pick<Luck, 'probability' | 'bar'>): string =>
    `${what} ${sayProbability(value)} above ${sayRatio(bar)}`;
  const readings = [
    say(`by the variance of ${count(trialSharpes.length)} complete ${trialSharpes.length === 1 ? 'trial' : 'trials'}`, all),
    say(aligned ? `by ${sayRatio(effective.chances)} effective trials and a robust variance` : 'by a robust variance', effective),
  ];
  if (aligned) {
    const scaled = varianceOverDays(all.variance, days, returns.length);
    const probability = deflatedSharpe(sampleOf(returns), scaled, trialsOnSameData);
    const bar = expectedMaximumSharpe(scaled, trialsOnSameData);
    readings.push(say(`by a variance scaled from ${days} to ${returns.length} days`, { probability, bar }));
  }
  if (looksKnown(evidence)) readings.push(say(`by ${count(evidence.looks)} ${evidence.looks === 1 ? 'look' : 'looks'}`, looked));
  return readings.join('; ');
}
