import { deflatedSharpe, expectedMaximumSharpe, minimumTrackRecord, sampleOf, varianceOfTrials } from '../deflated-sharpe.ts';
import { robustVariance } from '../moments.ts';
import { plausibleRatio } from '../variation.ts';
import { defineGate } from './define-gate.ts';
import { holds } from './gate.ts';
import { count, dailyReturnsOf, saySeed, worstSeed } from './worst.ts';

/**
 * The Sharpe ratio of the daily out-of-sample returns must exceed the expected best of all trials without skill (Bailey and Lopez de
 * Prado 2014). N counts every trial tried on the same data, over all studies, pruned and failed ones included; counting correlated
 * trials as independent is the stricter choice. V is the variance of the daily Sharpe ratios of the study's complete trials in the
 * search, never of an objective. The bar is unknown and the gate fails if a trial lacks this metric or the ratios do not vary. V
 * depends on the ranges of the search and on pruning, so the result also states the bar for a robust variance.
 */
export const deflatedSharpeGate = defineGate({
  id: 'deflated-sharpe',
  rule: 3,
  numbers: ({ deflatedSharpe: { minimum, minimumDays } }) => ({ minimum, minimumDays }),
  op: '>=',
  threshold: ({ minimum }) => minimum,
  observe: (evidence, { minimum, minimumDays }) => {
    const { trialsTried, trialsOnSameData } = evidence.search;
    const trialSharpes = evidence.search.trialSharpes.map(plausibleRatio);
    const unknown = trialSharpes.filter(Number.isNaN).length;
    const variance = varianceOfTrials(trialSharpes);
    // Fewer trials tried than completed is a wrong count, and the bar would be too low.
    const miscounted = trialsTried < trialSharpes.length || trialsOnSameData < trialsTried;
    const days = Math.min(...evidence.seeds.map((seed) => dailyReturnsOf(seed).length));
    const { seed, value } = worstSeed(evidence, 'higher', (one) => {
      const returns = dailyReturnsOf(one);
      if (returns.length < minimumDays || miscounted || unknown > 0) return Number.NaN;
      return deflatedSharpe(sampleOf(returns), variance, trialsOnSameData);
    });
    const evaluated = evidence.seeds.find((one) => one.seed === seed);
    const because = (): string => {
      if (evaluated === undefined) return 'no seed was evaluated';
      if (days < minimumDays) return `${days} daily returns are too few for a Sharpe ratio: ${minimumDays} are needed`;
      if (miscounted)
        return `${trialSharpes.length} complete, ${trialsTried} tried, ${trialsOnSameData} on the same data: the counts contradict each other`;
      if (unknown > 0)
        return `${unknown} of ${trialSharpes.length} complete trials have no metric sharpeDaily, so the best that luck would show is unknown`;
      const sample = sampleOf(dailyReturnsOf(evaluated));
      const bar = expectedMaximumSharpe(variance, trialsOnSameData);
      if (Number.isNaN(sample.sharpe))
        return `${sample.periods} daily returns that do not vary have no Sharpe ratio (${saySeed(evidence, seed)})`;
      if (Number.isNaN(bar))
        return `the daily Sharpe ratios of ${trialSharpes.length} complete trials do not vary, so the best that luck would show is unknown: 3 different ones are needed`;
      const needed = minimumTrackRecord(sample, bar, minimum);
      const record = Number.isNaN(needed)
        ? 'no record like this one is long enough'
        : `a record like this one needs ${count(Math.ceil(needed))} days`;
      const luck = holds(value, '>=', minimum) ? 'unlikely to be luck' : 'too likely luck';
      const robust = formatSharpe(expectedMaximumSharpe(robustVariance(trialSharpes), trialsOnSameData));
      return (
        `${probability(value)}: ${luck}; daily Sharpe ${formatSharpe(sample.sharpe)} over ${sample.periods} days, ` +
        `the luckiest of ${count(trialsOnSameData)} worthless ${trialsOnSameData === 1 ? 'trial' : 'trials'} would show ${formatSharpe(bar)} ` +
        `(${saySeed(evidence, seed)}; ${count(trialsTried)} of the trials are this study's; ${record}; by a robust variance luck would show ${robust})`
      );
    };
    return { observed: value, because: because() };
  },
});

/** A probability in percent, rounded down so that it never looks as if a missed bound were met. */
function probability(value: number): string {
  if (Number.isNaN(value)) return 'unknown';
  const percent = 100 * value;
  if (percent < 0.001) return 'below 0.001 %';
  if (percent < 1) return `${Number(percent.toPrecision(1))} %`;
  return `${(Math.floor(percent * 10) / 10).toFixed(1)} %`;
}

function formatSharpe(value: number): string {
  return Number.isNaN(value) ? 'unknown' : value.toFixed(2);
}
