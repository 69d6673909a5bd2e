import { AssayError } from '../../core/errors.ts';
import { isInactive } from '../activity.ts';
import { maxDrawdown, sharpe, totalReturn } from '../metrics.ts';
import { cpcv } from '../statistics/cpcv.ts';

/** Daily returns of one split's test, group by group. */
export interface SplitReturns {
  /** Number of the split, from 0, in lexicographic order. */
  readonly split: number;
  readonly groups: readonly { readonly group: number; readonly dailyReturns: readonly number[] }[];
}

/** One way through all tested days, each group taken from one split. */
export interface ValidationPath {
  readonly path: number;
  readonly days: number;
  readonly totalReturn: number;
  /** Not annualised; 0 for an account that was active on too few days. */
  readonly sharpeDaily: number;
  readonly maxDrawdown: number;
}

/** Groups of `cpcv:6,2`, and those that each split tests; null for another scheme. */
export function cpcvOf(scheme: string): { readonly groups: number; readonly test: number } | null {
  const [, groups, test] = /^cpcv:(\d+),(\d+)$/.exec(scheme) ?? [];
  return groups === undefined ? null : { groups: Number(groups), test: Number(test) };
}

/**
 * Puts the tests of all splits together to paths (Lopez de Prado 2018, chapter 12): path j takes each group from the j-th split that tests
 * it, so every path has every tested day once, and none was trained on when it was tested.
 * @param leastActiveShare floor of the study's plan, below which a path's ratio is 0.
 * @throws AssayError `data_invalid` if a split or a group of it is missing.
 */
export function assemblePaths(
  { groups, test }: { readonly groups: number; readonly test: number },
  splits: readonly SplitReturns[],
  leastActiveShare: number,
): readonly ValidationPath[] {
  const returns = new Map(
    splits.flatMap(({ split, groups: own }) => own.map(({ group, dailyReturns }) => [`${split} ${group}`, dailyReturns])),
  );
  return cpcv(groups, test).paths.map((path, number) => {
    const dailyReturns = path.flatMap((split, group) => {
      const own = returns.get(`${split} ${group}`);
      if (own === undefined) throw new AssayError('data_invalid', `split ${split} has no returns of group ${group}`);
      return own;
    });
    return {
      path: number,
      days: dailyReturns.length,
      totalReturn: totalReturn(dailyReturns),
      sharpeDaily: isInactive(dailyReturns, leastActiveShare) ? 0 : sharpe(dailyReturns),
      maxDrawdown: maxDrawdown(dailyReturns),
    };
  });
}

/** The quantiles that a distribution of paths is shown by. */
export const shownQuantiles = [0.05, 0.5, 0.95] as const;

/** A quantile with linear interpolation between the order statistics (Hyndman and Fan 1996, type 7); NaN without values or with a NaN among them. */
export function quantile(values: readonly number[], p: number): number {
  if (values.length === 0 || values.some(Number.isNaN)) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}
