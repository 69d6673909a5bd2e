import { z } from 'zod';
import type { FoldEvaluation } from '../../search/study/walk-forward.ts';
import { meanAbove } from '../statistics/bootstrap.ts';
import { superiorAbility } from '../statistics/spa.ts';
import { sayProbability, unknown, withDaily } from './daily.ts';
import { defineGate } from './define-gate.ts';
import type { Evidence } from './gate.ts';
import { probability } from './numbers.ts';

/**
 * A policy that needs no search must not do as well: on each fold the best baseline is chosen by its training part, and the daily
 * differences model - baseline must have a mean above 0, by a stationary bootstrap of this model (Politis and Romano 1994) and by the test
 * for superior predictive ability over all models that were judged (Hansen 2005). `observed` is the larger probability of such differences
 * without any true one. Where a baseline does not state its training part, the model must beat every baseline.
 */
export const beatsBaselineGate = defineGate({
  id: 'beats-baseline',
  rule: 1,
  asks: 'probability of such daily differences to the best baseline (flat, hold, linear rule; chosen by the training part) if none were true, by bootstrap and by SPA over the models judged',
  source: 'Politis and Romano 1994; Hansen 2005',
  numbers: z.strictObject({ level: probability('probability of the differences without a true one, inclusive') }),
  op: '<=',
  threshold: ({ level }) => level,
  observe: (evidence) =>
    withDaily(evidence, ({ mean }) => {
      const rivals = benchmarksOf(evidence);
      if (rivals.length === 0) return unknown('no baseline was evaluated on these folds');
      if (!evidence.judged.some(({ number }) => number === evidence.search.number))
        return unknown('the models judged on these days are unknown, or this one is not among them');
      const tests = rivals.map((rival) => compare(rival, mean, evidence));
      const worst = tests.reduce((a, b) => (b.p > a.p || Number.isNaN(b.p) ? b : a));
      if (Number.isNaN(worst.p)) return unknown(worst.because);
      return { observed: worst.p, because: worst.because };
    }),
});

interface Benchmark {
  readonly name: string;
  readonly dailyReturns: readonly number[];
}

/** The best baseline of each fold by its training part; every baseline where that is not known. */
function benchmarksOf({ baselines }: Evidence): readonly Benchmark[] {
  const named = Object.entries(baselines).sort(([a], [b]) => (a < b ? -1 : 1));
  if (named.length === 0) return [];
  const known = named.every(([, folds]) => folds.every((fold) => Number.isFinite(trainingSharpe(fold))));
  if (!known) return named.map(([name, folds]) => ({ name, dailyReturns: folds.flatMap(({ dailyReturns }) => dailyReturns) }));
  const chosen = (named[0]?.[1] ?? []).map((_, fold) => named.reduce((a, b) => (sharpeAt(b, fold) > sharpeAt(a, fold) ? b : a)));
  const names = chosen.map(([name]) => name);
  const name = new Set(names).size === 1 ? names[0]! : names.join(', ');
  return [{ name, dailyReturns: chosen.flatMap(([, folds], fold) => folds[fold]?.dailyReturns ?? []) }];
}

/** The baseline's daily net Sharpe ratio on the fold's training part; 0 for one that never traded. */
function trainingSharpe({ metrics }: FoldEvaluation): number {
  return metrics['trainingSharpeDaily'] ?? Number.NaN;
}

function sharpeAt([, folds]: readonly [string, readonly FoldEvaluation[]], fold: number): number {
  const evaluated = folds[fold];
  return evaluated === undefined ? Number.NaN : trainingSharpe(evaluated);
}

function compare(
  { name, dailyReturns }: Benchmark,
  mean: readonly number[],
  { judged }: Evidence,
): { readonly p: number; readonly because: string } {
  if (dailyReturns.length !== mean.length)
    return { p: Number.NaN, because: `${name} was evaluated on ${dailyReturns.length} days, the model on ${mean.length}` };
  const less = (returns: readonly number[]): readonly number[] => returns.map((one, day) => one - dailyReturns[day]!);
  const own = meanAbove(less(mean));
  const all = superiorAbility(judged.map((model) => less(model.dailyReturns)));
  if (own.because !== null || all.because !== null) return { p: Number.NaN, because: `against ${name}: ${own.because ?? all.because}` };
  const because =
    `${(own.mean * 1e4).toFixed(2)} bp a day more than ${name}, the best baseline by its training part; without a true difference ` +
    `${sayProbability(own.p)} would show as much, and ${sayProbability(all.p)} as the best of ${judged.length} judged`;
  return { p: Math.max(own.p, all.p), because };
}
