import type { ComparedArm } from '../../validation/compare-arms.ts';
import { finite, type NonFiniteFlag, nonFiniteFlag } from './finite.ts';

type Figures = 'difference' | 'low' | 'high' | 'value' | 'referenceValue';

/** A pair of a fold and a seed, of a trial where several are compared. */
interface ComparedSeed {
  readonly number?: number;
  readonly seed: number;
  readonly difference: number;
}

interface ComparedFold extends Readonly<Record<'value' | 'referenceValue' | 'difference', number>> {
  readonly fold: number;
  readonly seeds: readonly ComparedSeed[];
}

/** A paired comparison: {@link ComparedArm}, or one of two judged trials. */
type Compared = Omit<ComparedArm, 'folds'> & { readonly folds: readonly ComparedFold[] };

/** The same with null where JSON has no number, named in `nonFinite`. */
export type ComparedItem<Of extends Compared> = Omit<Of, Figures | 'folds'> &
  NonFiniteFlag &
  Readonly<Record<Figures, number | null>> & {
    readonly folds: readonly (NonFiniteFlag & { readonly fold: number } & Readonly<
        Record<'value' | 'referenceValue' | 'difference', number | null>
      > & {
        readonly seeds: readonly (NonFiniteFlag &
          Omit<Of['folds'][number]['seeds'][number], 'difference'> & { readonly difference: number | null })[];
      })[];
  };

export function comparedItem<Of extends Compared>({ difference, low, high, value, referenceValue, folds, ...rest }: Of): ComparedItem<Of> {
  const numbers = { difference, low, high, value, referenceValue };
  return {
    ...rest,
    ...Object.fromEntries(Object.entries(numbers).map(([name, figure]) => [name, finite(figure)])),
    folds: folds.map(({ fold, seeds, ...means }) => ({
      fold,
      value: finite(means.value),
      referenceValue: finite(means.referenceValue),
      difference: finite(means.difference),
      ...nonFiniteFlag(means),
      seeds: seeds.map((one) => ({ ...one, difference: finite(one.difference), ...nonFiniteFlag({ difference: one.difference }) })),
    })),
    ...nonFiniteFlag(numbers),
  } as unknown as ComparedItem<Of>;
}
