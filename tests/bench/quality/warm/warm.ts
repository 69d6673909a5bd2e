import type { AlgorithmRef } from '../../../../src/search/algorithm.ts';
import { auto, samplerOf } from '../../../../src/search/samplers/index.ts';
import type { EarlierStudy } from '../../../../src/search/trial/history.ts';
import type { Problem } from '../families/problem.ts';
import { median } from '../rank.ts';
import { runSearch } from '../run.ts';
import { type SourceKind, sourceOf } from './sources.ts';

/** Best values of one search from an earlier study, and of the same search without one, in interquartile ranges of random search above the minimum. */
export interface WarmRun {
  readonly function: string;
  readonly kind: SourceKind;
  readonly seed: number;
  /** After n trials, at n - 1. */
  readonly warm: readonly number[];
  readonly cold: readonly number[];
}

export interface WarmOptions {
  readonly sampler: AlgorithmRef;
  readonly trials: number;
  /** Number of trials of the earlier study, a search by `auto` of its own. */
  readonly earlierTrials: number;
}

/** Runs a search without and then from an earlier study of each kind. */
export function warmRuns(
  problem: Problem,
  kinds: readonly SourceKind[],
  seed: number,
  { sampler, trials, earlierTrials }: WarmOptions,
): readonly WarmRun[] {
  const { name, space, truth, minimum, spread } = problem;
  const regrets = (earlier?: EarlierStudy): readonly number[] => {
    const { best } = runSearch({ space, objective: truth, direction: 'minimize' }, samplerOf(sampler), {
      seed,
      trials,
      workers: 1,
      ...(earlier !== undefined && { earlier: [earlier] }),
    });
    return Array.from(best, (value) => (value - minimum) / spread);
  };
  const cold = regrets();
  return kinds.map((kind) => {
    const source = runSearch({ space, objective: sourceOf(problem, kind, seed), direction: 'minimize' }, samplerOf(auto()), {
      seed: 1000 + seed,
      trials: earlierTrials,
      workers: 1,
    });
    const known = source.trials.flatMap((trial) => (trial.state === 'complete' ? [{ params: trial.params, value: trial.value }] : []));
    return { function: name, kind, seed, cold, warm: regrets({ name: kind, direction: 'minimize', trials: known }) };
  });
}

/** Smallest regret that is told from 0. */
const least = 1e-3;

/** Regrets that both searches are timed to. */
export const goals = [0.1, 0.01];

export interface WarmFigures {
  readonly pairs: number;
  /** Median regrets after n trials. */
  readonly cold: number;
  readonly warm: number;
  /** Geometric mean of warm over cold; regrets below a thousandth count as one. */
  readonly ratio: number;
  /** Mean of warm less cold, in interquartile ranges of random search. */
  readonly difference: number;
}

export function figuresAt(runs: readonly WarmRun[], trials: number): WarmFigures {
  const at = (values: readonly number[]): number => Math.max(values[trials - 1]!, least);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0);
  return {
    pairs: runs.length,
    cold: median(runs.map(({ cold }) => at(cold))),
    warm: median(runs.map(({ warm }) => at(warm))),
    ratio: Math.exp(mean(runs.map(({ warm, cold }) => Math.log(at(warm) / at(cold))))),
    difference: mean(runs.map(({ warm, cold }) => warm[trials - 1]! - cold[trials - 1]!)),
  };
}

/**
 * Returns the number of trials to a regret over that of the cold search, median over the pairs in which this gets there (null: none does); a search that
 * never gets there counts twice its trials.
 */
export function trialsTo(goal: number, runs: readonly WarmRun[]): { readonly pairs: number; readonly ratio: number } | null {
  const until = (values: readonly number[]): number => {
    const at = values.findIndex((value) => value <= goal);
    return at === -1 ? 2 * values.length : at + 1;
  };
  const there = runs.filter(({ cold }) => cold.some((value) => value <= goal));
  return there.length === 0 ? null : { pairs: there.length, ratio: median(there.map(({ warm, cold }) => until(warm) / until(cold))) };
}
