import type { ValidationItem } from '../../storage/validations/read-validation.ts';

/** What a validated trial showed of one metric on folds that the search never saw. */
export interface OutOfSample {
  /** Mean over the seeds; NaN: not known. */
  readonly mean: number;
  /** The lowest and highest of any seed and fold; NaN: none is known. */
  readonly low: number;
  readonly high: number;
  /** Evaluations of a seed on a fold without the figure. */
  readonly without: number;
  readonly seeds: number;
  readonly folds: number;
  readonly complete: boolean;
}

export function outOfSample({ metrics, folds, seeds, expected }: ValidationItem, metric: string): OutOfSample {
  const each = folds.map((fold) => fold.metrics[metric] ?? Number.NaN).filter((value) => !Number.isNaN(value));
  return {
    mean: metrics[metric] ?? Number.NaN,
    low: each.length === 0 ? Number.NaN : Math.min(...each),
    high: each.length === 0 ? Number.NaN : Math.max(...each),
    without: folds.length - each.length,
    seeds: seeds.length,
    folds: new Set(folds.map(({ fold }) => fold)).size,
    complete: folds.length === expected,
  };
}
