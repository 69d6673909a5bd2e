import {
  deflatedSharpe,
  expectedMaximumSharpe,
  sampleOf,
  varianceOfTrials,
  varianceWithoutSkill,
} from '../../validation/deflated-sharpe.ts';
import type { LuckChart } from '../routes/charts/luck.ts';
import { histogramOf } from './histogram.ts';
import { drawn } from './numbers.ts';

export interface LuckAsked {
  /** Daily net returns of the judged trial over all folds, by seed; empty: no trial is judged. */
  readonly seeds: readonly { readonly seed: number; readonly returns: readonly number[] }[];
  /** Daily Sharpe ratios of the complete trials in the search; NaN: not known. */
  readonly trialSharpes: readonly number[];
  readonly trialsTried: number;
  readonly trialsOnSameData: number;
}

type Body = Omit<LuckChart, 'revision' | 'total' | 'used' | 'shown' | 'reduced' | 'number' | 'threshold' | 'minimumDays' | 'severity'>;

const bins = 30;

/** The Sharpe ratio of the worst seed against the best that luck would show (Bailey and Lopez de Prado 2014), as the gate has it. */
export function luck({ seeds, trialSharpes, trialsTried, trialsOnSameData }: LuckAsked): Body {
  const judged = seeds.map(({ seed, returns }) => {
    const sample = sampleOf(returns);
    return { seed, sample, probability: deflatedSharpe(sample, varianceWithoutSkill(returns.length), trialsOnSameData) };
  });
  const worst = judged.reduce<(typeof judged)[number] | null>(
    (least, one) => (least === null || Number.isNaN(one.probability) || one.probability < least.probability ? one : least),
    null,
  );
  const days = worst?.sample.periods ?? 0;
  const variance = varianceWithoutSkill(days);
  const counts = countsUpTo(trialsOnSameData);
  return {
    seed: worst?.seed ?? null,
    observed: worst?.sample.sharpe ?? null,
    days,
    skew: worst?.sample.skewness ?? null,
    kurtosis: worst?.sample.kurtosis ?? null,
    trialsTried,
    trialsOnSameData,
    variance: worst === null ? null : variance,
    trialsVariance: trialSharpes.length === 0 ? null : varianceOfTrials(trialSharpes),
    expectedMaximum: worst === null ? null : expectedMaximumSharpe(variance, trialsOnSameData),
    probability: worst?.probability ?? null,
    curve:
      days < 2
        ? { trials: [], bar: [] }
        : { trials: [...counts], bar: drawn(counts.map((trials) => expectedMaximumSharpe(variance, trials))) },
    histogram: histogramOf(trialSharpes, bins),
  };
}

/** About forty numbers of trials from 1 to ten times those tried, evenly on a log axis; those tried are among them. */
function countsUpTo(tried: number): readonly number[] {
  const most = Math.max(100, 10 * tried);
  const spread = Array.from({ length: 40 }, (_, i) => Math.round(most ** (i / 39)));
  return [...new Set([...spread, Math.max(1, tried)])].sort((a, b) => a - b);
}
