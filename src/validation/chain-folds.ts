import { meanOf } from '../core/mean.ts';
import { ownValue } from '../core/reserved-keys.ts';
import type { FoldEvaluation } from '../search/study/walk-forward.ts';
import { isInactive, leastActiveShareOf } from './activity.ts';
import { annualSharpe, annualSortino, cagr, fewestForYear, maxDrawdown, sharpe, totalReturn, winRate } from './metrics.ts';

/** What is needed of a fold to put it in a row with others. */
export type ChainedFold = Pick<FoldEvaluation, 'metrics' | 'dailyReturns'>;

/** True if each test begins where the one before has ended, or later: only such folds can be put in a row. ISO times. */
export function followOneAnother(tests: readonly { readonly testStart: string; readonly testEnd: string }[]): boolean {
  return tests.every(({ testStart }, i) => i === 0 || tests[i - 1]!.testEnd <= testStart);
}

type Numbers = Readonly<Record<string, number>>;

/** Metrics that add up over folds. */
const counts = new Set(['costs', 'earlyTerminations', 'sessions', 'steps', 'daysTraded', 'activeDays', 'marginCalls']);

/**
 * Metrics of one seed over all its folds, as of one account that trades the tests one after the other: its return compounds, its drawdown
 * runs from a peak in one fold to a low in a later one, and its ratios are those of all days, so that a fold without trades is days of 0.
 * Counts and costs are sums, other metrics means over the folds (NaN: a fold lacks it). A fold's NaN stays NaN, it is not averaged away.
 * @param folds in time order, their tests disjoint
 */
export function chainedMetrics(folds: readonly ChainedFold[]): Numbers {
  const names = [...new Set(folds.flatMap(({ metrics }) => Object.keys(metrics)))];
  const days = folds.flatMap(({ dailyReturns }) => dailyReturns);
  const each = (name: string): readonly number[] => folds.map(({ metrics }) => ownValue(metrics, name) ?? Number.NaN);
  const ofDays = ratiosOf(days, folds[0]?.metrics ?? {});
  const of = (name: string): number => {
    if (name === 'totalReturn') return totalReturn(each(name));
    if (name === 'maxDrawdown') return chainedDrawdown(folds);
    if (name === 'highestNav') return pathOf(folds).highest;
    if (name === 'lowestNav') return pathOf(folds).lowest;
    if (counts.has(name)) return each(name).reduce((sum, value) => sum + value, 0);
    return ofDays[name] ?? meanOf(each(name));
  };
  const chained = Object.fromEntries(names.map((name) => [name, of(name)]));
  // Four folds of 15 days are long enough for a yearly rate that none of them has.
  return 'totalReturn' in chained && ofDays['annualReturn'] !== undefined ? { ...chained, annualReturn: ofDays['annualReturn'] } : chained;
}

/** Ratios of all days. Those of a year are left out where its length is unknown, as of evaluations from before it was stored. */
function ratiosOf(days: readonly number[], metrics: Numbers): Numbers {
  const { sessionsPerYear } = metrics;
  const inactive = isInactive(days, leastActiveShareOf(metrics));
  const daily = { sharpeDaily: inactive ? 0 : sharpe(days), winRateDaily: winRate(days) };
  if (sessionsPerYear === undefined) return daily;
  return {
    ...daily,
    sharpeAnnual: inactive ? 0 : annualSharpe(days, sessionsPerYear),
    sortinoAnnual: inactive ? 0 : annualSortino(days, sessionsPerYear),
    ...(days.length >= fewestForYear && { annualReturn: cagr(days, sessionsPerYear) }),
  };
}

/** An account over some folds, as multiples of its start: where it ended, its highest and lowest NAV, and its largest fall from a peak. */
interface Path {
  readonly end: number;
  readonly highest: number;
  readonly lowest: number;
  readonly drawdown: number;
}

/** Two paths in a row: the fall from the first one's peak to the second one's low counts too. */
function inARow(a: Path, b: Path): Path {
  return {
    end: a.end * b.end,
    highest: Math.max(a.highest, a.end * b.highest),
    lowest: Math.min(a.lowest, a.end * b.lowest),
    drawdown: Math.max(a.drawdown, b.drawdown, 1 - (a.end * b.lowest) / a.highest),
  };
}

function pathOf(folds: readonly ChainedFold[]): Path {
  return folds
    .map(
      ({
        metrics: { totalReturn: gain = Number.NaN, maxDrawdown: drawdown = Number.NaN, highestNav = Number.NaN, lowestNav = Number.NaN },
      }) => ({
        end: 1 + gain,
        highest: highestNav,
        lowest: lowestNav,
        drawdown,
      }),
    )
    .reduce(inARow, { end: 1, highest: 1, lowest: 1, drawdown: 0 });
}

/**
 * Largest fall over all folds, step by step. Evaluations from before the highest and lowest NAV of a fold were stored have the larger of
 * that within a fold, step by step, and that over all folds, day by day.
 */
function chainedDrawdown(folds: readonly ChainedFold[]): number {
  const known = folds.every(({ metrics }) => ownValue(metrics, 'highestNav') !== undefined && ownValue(metrics, 'lowestNav') !== undefined);
  if (known) return pathOf(folds).drawdown;
  const within = folds.map(({ metrics }) => ownValue(metrics, 'maxDrawdown') ?? Number.NaN);
  return Math.max(...within, maxDrawdown(folds.flatMap(({ dailyReturns }) => dailyReturns)));
}
