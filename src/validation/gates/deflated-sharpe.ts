import { deflatedSharpe, expectedMaximumSharpe, minimumTrackRecord, sampleOf } from '../deflated-sharpe.ts';
import { robustVariance, sampleVariance } from '../moments.ts';
import { type Gate, holds, versionOf } from './gate.ts';
import { count, dailyReturnsOf, saySeed, worstSeed } from './worst.ts';

export interface DeflatedSharpeRule {
  /** Probability that is asked for. */
  readonly minimum: number;
  /** Daily returns below which the gate fails, whatever they say. */
  readonly minimumDays: number;
}

/**
 * The Sharpe ratio of the daily out-of-sample returns must exceed what the best of all trials tried would have shown by
 * luck (Bailey and Lopez de Prado 2014). N is every trial tried on the same data, over all studies, pruned and failed ones
 * too; correlated trials would count as fewer, and the larger number is the stricter one. V is the variance of the daily
 * Sharpe ratios that the study's complete trials showed when they were searched, never of an objective; a trial without one
 * leaves the bar unknown and the gate fails. V depends on the search's ranges and on pruning, so the verdict states a robust variance beside it.
 */
export function deflatedSharpeGate({ minimum, minimumDays }: DeflatedSharpeRule): Gate {
  const gate = { id: 'deflated-sharpe', version: versionOf(2, { minimum, minimumDays }) };
  return {
    ...gate,
    check: (evidence) => {
      const { trialsTried, trialsOnSameData, trialSharpes } = evidence.search;
      const unknown = trialSharpes.filter(Number.isNaN).length;
      const variance = sampleVariance(trialSharpes);
      const robust = robustVariance(trialSharpes);
      // Fewer trials tried than completed cannot be: someone miscounted, and the bar would be too low.
      const miscounted = trialsTried < trialSharpes.length || trialsOnSameData < trialsTried;
      const days = Math.min(...evidence.seeds.map((seed) => dailyReturnsOf(seed).length));
      const { seed, value } = worstSeed(evidence, 'higher', (one) => {
        const returns = dailyReturnsOf(one);
        if (returns.length < minimumDays || miscounted || unknown > 0) return Number.NaN;
        return deflatedSharpe(sampleOf(returns), variance, trialsOnSameData);
      });
      const judged = evidence.seeds.find((one) => one.seed === seed);
      const because = (): string => {
        if (judged === undefined) return 'no seed was judged';
        if (days < minimumDays) return `${days} daily returns are too few: ${minimumDays} are needed before a Sharpe ratio says anything`;
        if (miscounted)
          return `${trialSharpes.length} complete, ${trialsTried} tried, ${trialsOnSameData} on the same data: the counts contradict each other`;
        if (unknown > 0)
          return `${unknown} of ${trialSharpes.length} complete trials have no metric sharpeDaily, so the best that luck would show is unknown`;
        const sample = sampleOf(dailyReturnsOf(judged));
        const bar = expectedMaximumSharpe(variance, trialsOnSameData);
        const needed = minimumTrackRecord(sample, bar, minimum);
        const ownBar = Number.isNaN(bar) ? 'unknown: too few complete trials' : bar.toFixed(3);
        return (
          `daily Sharpe ratio ${sample.sharpe.toFixed(3)} over ${sample.periods} days against ${ownBar}, the best that luck would show in ` +
          `${count(trialsOnSameData)} trials on the same data, ${count(trialsTried)} of them of this study (${saySeed(evidence, seed)}; ` +
          `${Number.isNaN(needed) ? 'no record like this one is long enough' : `a record like this one needs ${count(Math.ceil(needed))} days`}; variance of ${trialSharpes.length} complete trials ${figure(variance)}, ` +
          `robust ${figure(robust)}, which would ask for ${figure(expectedMaximumSharpe(robust, trialsOnSameData))})`
        );
      };
      return {
        gate: gate.id,
        version: gate.version,
        passed: holds(value, '>=', minimum),
        observed: value,
        threshold: minimum,
        op: '>=',
        because: because(),
      };
    },
  };
}

function figure(value: number): string {
  return Number.isNaN(value) ? 'unknown' : value.toPrecision(3);
}
