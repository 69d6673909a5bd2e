import { AssayError } from '../../core/errors.ts';
import { choose, combinations } from './combinations.ts';

/** Combinatorial purged cross-validation (Lopez de Prado 2018, chapter 12): which groups of days each split tests, and the paths they make. */
export interface Cpcv {
  /** Groups that each split tests, ascending; splits in lexicographic order. All other groups may train, but for purge and embargo. */
  readonly splits: readonly (readonly number[])[];
  /** `[path][group]`: the split whose test of this group belongs to the path. Each path tests every group once. */
  readonly paths: readonly (readonly number[])[];
}

/** More splits than anybody trains: refused before they are listed. */
const mostSplits = 20_000;

/**
 * Splits and paths of `groups` groups of which each split tests `test`: C(N, k) splits and k C(N, k) / N paths. Path j takes, for each
 * group, the j-th split in which that group is tested.
 * @throws AssayError `config_invalid` unless 1 <= test < groups, both whole, with at most 20,000 splits.
 * @example `cpcv(6, 2)` has 15 splits and 5 paths; the first path is `[0, 0, 1, 2, 3, 4]`: groups 0 and 1 from split 0, group 2 from 1, ...
 */
export function cpcv(groups: number, test: number): Cpcv {
  if (!Number.isSafeInteger(groups) || !Number.isSafeInteger(test) || test < 1 || test >= groups)
    throw new AssayError('config_invalid', `${test} test groups of ${groups}: both must be whole, at least 1 to test and 1 to train`, {
      hint: 'cpcv(6, 2) has 15 splits and 5 paths',
    });
  const count = choose(groups, test);
  if (count > mostSplits)
    throw new AssayError('config_invalid', `${test} test groups of ${groups} make ${count.toLocaleString('en-US')} splits`, {
      hint: `choose fewer: at most ${mostSplits.toLocaleString('en-US')} are made, and each is a training per seed`,
    });
  const splits = combinations(groups, test);
  const testedIn = Array.from({ length: groups }, (_, group) => splits.flatMap((split, i) => (split.includes(group) ? [i] : [])));
  const paths = testedIn[0]!.map((_, path) => testedIn.map((tests) => tests[path]!));
  return { splits, paths };
}
