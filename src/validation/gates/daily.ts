import { AssayError } from '../../core/errors.ts';
import type { FoldEvaluation } from '../../search/study/walk-forward.ts';
import { areDaysOfSteps } from '../days-of-steps.ts';
import { mean } from '../moments.ts';
import { sharpeInterval } from '../statistics/bootstrap.ts';
import { checkAligned } from '../statistics/returns.ts';
import type { Observed } from './define-gate.ts';
import type { Evidence, SeedEvidence } from './gate.ts';
import { dailyReturnsOf } from './worst.ts';

/**
 * Sessions of a year where nothing states them (EVALUATION, D6): ratios of daily returns times the square root of it are annual. Evaluations
 * of this platform state those of their calendar.
 */
export const daysPerYear = 252;

/** Daily returns of every seed on the same days. */
export interface DailyReturns {
  /** In ascending order of the seeds, so that no sum depends on the order of the evidence. */
  readonly seeds: readonly SeedEvidence[];
  readonly returns: readonly (readonly number[])[];
  /** Mean over the seeds, day by day. */
  readonly mean: readonly number[];
  /** Of the evaluations' calendar. */
  readonly sessionsPerYear: number;
}

/**
 * The daily returns that a gate judges, handed to `observe`. Without seeds, with other numbers of days, and with a return that is NaN or
 * infinite the gate observes NaN and says where.
 */
export function withDaily(evidence: Evidence, observe: (daily: DailyReturns) => Observed): Observed {
  const seeds = [...evidence.seeds].sort((a, b) => a.seed - b.seed);
  if (seeds.length === 0) return unknown('no seed was evaluated');
  return orReason(() => {
    const returns = seeds.map(dailyReturnsOf);
    if (checkAligned(returns, 'seed') === 0) throw new AssayError('data_invalid', 'no day was evaluated', { place: 'seed 0' });
    return observe({ seeds, returns, mean: meanOf(returns), sessionsPerYear: sessionsPerYearOf(evidence.seeds) });
  });
}

/** Sessions of a year of the calendar that the evaluations are of. */
export function sessionsPerYearOf(seeds: readonly SeedEvidence[]): number {
  return seeds[0]?.folds[0]?.metrics['sessionsPerYear'] ?? daysPerYear;
}

/** The first of these evaluations whose daily returns are not those of its steps, in words (null: none). */
export function otherDays(evaluated: readonly { readonly of: string; readonly evaluation: FoldEvaluation }[]): string | null {
  const found = evaluated.find(({ evaluation: { dailyReturns, stepReturns } }) => !areDaysOfSteps(dailyReturns, stepReturns));
  return found === undefined ? null : `the daily returns of ${found.of} are not those of its steps`;
}

/** Mean over series of the same days, day by day. */
export function meanOf(series: readonly (readonly number[])[]): readonly number[] {
  return (series[0] ?? []).map((_, day) => mean(series.map((returns) => returns[day]!)));
}

/** What `observe` says, or that what it was given is no evidence: data that a statistic refuses observe NaN. */
export function orReason(observe: () => Observed): Observed {
  try {
    return observe();
  } catch (error) {
    if (!(error instanceof AssayError) || error.code !== 'data_invalid') throw error;
    return unknown(`${error.message}${error.place === undefined ? '' : ` (${error.place})`}`);
  }
}

export function unknown(because: string): Observed {
  return { observed: Number.NaN, because };
}

/** The Sharpe ratio with its 95 % interval, daily and annual: `daily Sharpe 0.21 (95 %: 0.05 to 0.37), annual 3.3 (0.8 to 5.9)`. */
export function saySharpe(returns: ArrayLike<number>, sessionsPerYear: number): string {
  const { sharpe, low, high } = sharpeInterval(returns);
  if (Number.isNaN(sharpe)) return 'no daily Sharpe ratio';
  const inside = (digits: number, factor: number): string => {
    const text = (value: number): string => (value * factor).toFixed(digits);
    const range = Number.isNaN(low) ? 'interval unknown' : `${text(low)} to ${text(high)}`;
    return `${text(sharpe)} (${factor === 1 ? '95 %: ' : ''}${range})`;
  };
  return `daily Sharpe ${inside(2, 1)}, annual ${inside(1, Math.sqrt(sessionsPerYear))}`;
}

/** A probability in percent, rounded down so that it never looks as if a missed bound were met. */
export function sayProbability(value: number): string {
  if (Number.isNaN(value)) return 'unknown';
  const percent = 100 * value;
  if (percent < 0.001) return 'below 0.001 %';
  if (percent >= 99.9995) return 'above 99.999 %';
  if (percent < 1) return `${Number(percent.toPrecision(1))} %`;
  // 99.95 % and 99.9 % are on different sides of many bounds.
  return percent > 99 ? `${(Math.floor(percent * 1000) / 1000).toFixed(3)} %` : `${(Math.floor(percent * 10) / 10).toFixed(1)} %`;
}

export function sayRatio(value: number): string {
  return Number.isNaN(value) ? 'unknown' : value.toFixed(2);
}
