import { AssayError } from '../../core/errors.ts';
import type { InnerReturns } from '../../validation/gates/gate.ts';
import { sharpe } from '../../validation/metrics.ts';
import { type Cscv, cscv } from '../../validation/statistics/cscv.ts';
import type { OverfitChart } from '../routes/charts/overfit.ts';
import { countIn } from './histogram.ts';
import { quantileOf } from './numbers.ts';

/** Trials whose ranks are shown. */
const mostRanks = 100;
const bins = 10;

type Body = Omit<OverfitChart, 'revision' | 'total' | 'used' | 'shown' | 'reduced' | 'threshold' | 'severity'>;

/**
 * What picking the best of the trials by one half of the inner days is worth on the other half: combinatorially symmetric cross-validation
 * (Bailey, Borwein, Lopez de Prado and Zhu 2017), as the gate `overfit` has it.
 * @param trials complete ones with daily returns, by number
 */
export function overfit(
  trials: readonly InnerReturns[],
  { blocks, minimumTrials }: { readonly blocks: number; readonly minimumTrials: number },
): Body {
  const found = measured(trials, blocks, minimumTrials);
  const days = trials[0]?.days.length ?? 0;
  const known = { trials: trials.length, days, blocks };
  if (typeof found === 'string')
    return {
      ...{ because: found, ...known, combinations: 0, belowMedian: 0, pbo: null, losing: 0, probabilityOfLoss: null },
      ...{ slope: null, intercept: null, logits: { x0: [], x1: [], n: [] } },
      ...{ winners: { number: [], halves: [], medianRank: [] }, ranks: { number: [], first: [], second: [] } },
    };
  const { logits, outside } = found;
  return {
    because: null,
    ...known,
    combinations: found.combinations,
    belowMedian: logits.filter((logit) => logit <= 0).length,
    pbo: found.pbo,
    losing: outside.filter((value) => value < 0).length,
    probabilityOfLoss: found.probabilityOfLoss,
    slope: found.degradationSlope,
    intercept: found.degradationIntercept,
    logits: logitsOf(logits),
    winners: winnersOf(found, trials),
    ranks: ranksOf(trials),
  };
}

/** A text says why there is no answer; trials of other days are no data for it. */
function measured(trials: readonly InnerReturns[], blocks: number, minimumTrials: number): Cscv | string {
  const first = trials[0];
  const other = trials.find(({ days }) => days.length !== first!.days.length || days.some((day, i) => day !== first!.days[i]));
  if (other !== undefined) return `trial ${other.number} was measured on other days than trial ${first!.number}`;
  try {
    const returns = trials.map((trial) => trial.returns);
    const found = cscv(returns, { blocks, minimumTrials });
    return found.because ?? found;
  } catch (error) {
    if (error instanceof AssayError && error.code === 'data_invalid') return error.message;
    throw error;
  }
}

/** Bins to both sides of 0, of one width. A logit of 0, which counts as below the median, is in the lower one. */
function logitsOf(logits: Float64Array): Body['logits'] {
  const reach = logits.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0) || 1;
  const edges = Array.from({ length: 2 * bins + 1 }, (_, i) => ((i - bins) / bins) * reach);
  // Counted from the other side, so that an edge belongs to the bin below it.
  const mirrored = countIn(
    Array.from(logits, (logit) => -logit),
    edges,
  );
  return { x0: edges.slice(0, -1), x1: edges.slice(1), n: mirrored.n.toReversed() };
}

function winnersOf({ chosen, logits }: Cscv, trials: readonly InnerReturns[]): Body['winners'] {
  const ranks = new Map<number, number[]>();
  // The rank ascends from the worst; 1 is the best here.
  const rankOf = (logit: number): number => (trials.length + 1) * (1 - 1 / (1 + Math.exp(-logit)));
  for (const [half, trial] of chosen.entries()) ranks.set(trial, [...(ranks.get(trial) ?? []), rankOf(logits[half]!)]);
  const winners = [...ranks].sort(([a, own], [b, other]) => other.length - own.length || a - b);
  return {
    number: winners.map(([trial]) => trials[trial]!.number),
    halves: winners.map(([, own]) => own.length),
    medianRank: winners.map(([, own]) => Number(quantileOf(Float64Array.from(own).sort(), 0.5).toPrecision(6))),
  };
}

/** Ranks by the Sharpe ratio of the earlier and of the later half of the days; a trial without one is last. */
function ranksOf(trials: readonly InnerReturns[]): Body['ranks'] {
  const half = (trials[0]?.days.length ?? 0) >> 1;
  const first = ranked(trials.map(({ returns }) => sharpe(returns.slice(0, half))));
  const second = ranked(trials.map(({ returns }) => sharpe(returns.slice(half))));
  const shown = [...trials.keys()].sort((a, b) => first[a]! - first[b]! || a - b).slice(0, mostRanks);
  return { number: shown.map((i) => trials[i]!.number), first: shown.map((i) => first[i]!), second: shown.map((i) => second[i]!) };
}

/** Rank of each from 1, the largest; equal ones share their mean rank. */
function ranked(ratios: readonly number[]): readonly number[] {
  const keys = ratios.map((ratio) => (Number.isNaN(ratio) ? Number.NEGATIVE_INFINITY : ratio));
  const sorted = Float64Array.from(keys).sort().reverse();
  return keys.map((key) => (sorted.indexOf(key) + 1 + sorted.lastIndexOf(key) + 1) / 2);
}
