import { z } from 'zod';
import type { FoldEvaluation } from '../../search/study/walk-forward.ts';
import { meanAbove } from '../statistics/bootstrap.ts';
import { superiorAbility } from '../statistics/spa.ts';
import { otherDays, unknown, withDaily } from './daily.ts';
import { defineGate } from './define-gate.ts';
import type { Evidence } from './gate.ts';
import { gotLater, probability } from './numbers.ts';

/**
 * Policies that need no search must not do as well: of the rivals the one that is best on a fold's training part is chosen, and the daily
 * differences model - baseline must have a mean above 0, by a stationary bootstrap of this model (Politis and Romano 1994) and by the test
 * for superior predictive ability over all models that were judged (Hansen 2005). `observed` is the larger probability of such differences
 * without any true one. Where a rival does not state its training part, the model must beat each of them.
 */
const beatsRule = <const Id extends string>(id: Id) =>
  defineGate({
    id,
    rule: 2,
    asks: 'probability of such daily differences to the best rival (by the training part) if none were true, by bootstrap and by SPA over the models judged',
    source: 'Politis and Romano 1994; Hansen 2005',
    numbers: z.strictObject({
      level: probability('probability of the differences without a true one, inclusive'),
      rivals: gotLater(
        z.array(z.string().min(1)).min(1).meta({ description: 'baselines that must have been evaluated, and be beaten' }),
        // Every baseline that there was.
        {
          without: ['flat', 'hold', 'linear'],
          isAsStrict: (value: readonly string[], than: readonly string[]) => than.every((name) => value.includes(name)),
        },
      ),
    }),
    op: '<=',
    threshold: ({ level }) => level,
    observe: (evidence, { rivals: asked }) =>
      withDaily(evidence, ({ mean }) => {
        const absent = asked.filter((name) => !Object.hasOwn(evidence.baselines, name));
        if (absent.length > 0) return unknown(`not evaluated on these folds: ${absent.join(', ')}`);
        const other = otherDays(
          asked.flatMap((name) => evidence.baselines[name]!.map((evaluation, i) => ({ of: `${name}, fold ${i}`, evaluation }))),
        );
        if (other !== null) return unknown(other);
        const rivals = benchmarksOf(evidence, asked);
        if (!evidence.judged.some(({ number }) => number === evidence.search.number))
          return unknown('the models judged on these days are unknown, or this one is not among them');
        const tests = rivals.map((rival) => compare(rival, mean, evidence, rivals.length === 1 ? asked.length : 1));
        const worst = tests.reduce((a, b) => (b.p > a.p || Number.isNaN(b.p) ? b : a));
        if (Number.isNaN(worst.p)) return unknown(worst.because);
        return { observed: worst.p, because: worst.because };
      }),
  });

export const beatsBaselineGate = beatsRule('beats-baseline');
export const beatsLinearGate = beatsRule('beats-linear');

interface Benchmark {
  readonly name: string;
  readonly dailyReturns: readonly number[];
}

/** The best rival of each fold by its training part; each of them where that is not known. */
function benchmarksOf({ baselines }: Evidence, asked: readonly string[]): readonly Benchmark[] {
  const named = [...new Set(asked)].sort().map((name) => [name, baselines[name]!] as const);
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

/** A probability in percent, rounded up so that it never looks as if a missed bound were met. */
function sayChance(p: number): string {
  return `${(Math.ceil(p * 1e4 - 1e-9) / 100).toFixed(2)} %`;
}

/** Models without a variance of their own are no rivals of the test. */
function unlike(n: number): string {
  return n === 0 ? '' : `, ${n} of which without differences that vary`;
}

function compare(
  { name, dailyReturns }: Benchmark,
  mean: readonly number[],
  { judged }: Evidence,
  of: number,
): { readonly p: number; readonly because: string } {
  if (dailyReturns.length !== mean.length)
    return { p: Number.NaN, because: `${name} was evaluated on ${dailyReturns.length} days, the model on ${mean.length}` };
  const less = (returns: readonly number[]): readonly number[] => returns.map((one, day) => one - dailyReturns[day]!);
  const own = meanAbove(less(mean));
  const all = superiorAbility(judged.map((model) => less(model.dailyReturns)));
  if (own.because !== null || all.because !== null) return { p: Number.NaN, because: `against ${name}: ${own.because ?? all.because}` };
  const because =
    `${Math.abs(own.mean * 1e4).toFixed(2)} bp a day ${own.mean < 0 ? 'less' : 'more'} than ${of > 1 ? `the best of ${of} rivals by each fold's training part (${name})` : name}; without a true difference ` +
    `${sayChance(own.p)} would show as much; ${sayChance(all.p)} for the best of ${judged.length} judged${unlike(judged.length - all.rivals)}`;
  return { p: Math.max(own.p, all.p), because };
}
