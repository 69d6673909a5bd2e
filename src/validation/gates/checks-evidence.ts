import { type DataQualityCheck, type LookAheadCheck, walkedStresses } from '../../search/study/checks.ts';

export type { DataQualityCheck, LookAheadCheck } from '../../search/study/checks.ts';

/** How the market is made harder for a saved policy: walked again without training, or with its best days left out. */
export const stressKinds = [...walkedStresses, 'without-best-days'] as const;

export type StressKind = (typeof stressKinds)[number];

/** Results of the checks that belong to an evaluated trial. Null where a check was not run for every seed and fold. Plain data. */
export interface CheckEvidence {
  readonly lookAhead: LookAheadCheck | null;
  /** By kind, those that were run. */
  readonly stress: Readonly<Partial<Record<StressKind, StressCheck>>>;
  readonly dataQuality: DataQualityCheck | null;
  readonly causal: CausalCheck | null;
  readonly deterministic: DeterministicCheck | null;
}

/** The saved policies under one stress, on all folds in time order. */
export interface StressCheck {
  /**
   * For each seed, in the order of the evidence, the net return of each session. Without the best days these are the sessions that are left:
   * the days are chosen by the mean of the seeds, so that the seeds have the same ones.
   */
  readonly returns: readonly (readonly number[])[];
}

/** The same request, cut off at random bars, must give the same actions up to there. */
export interface CausalCheck {
  /** Number of cuts, over all seeds and folds. */
  readonly cuts: number;
  /** Number of cuts up to which an action changed. */
  readonly changed: number;
  /** Where the first one did: `seed 17, fold 2, row 4711`. */
  readonly first: string | null;
}

/** Evaluations that were repeated from the same inputs. */
export interface DeterministicCheck {
  readonly repeated: number;
  /** Number of repetitions on the same kind of machine whose returns differ in any bit from the stored ones. */
  readonly different: number;
  /**
   * Of repetitions on another kind of machine, whose processor may round otherwise, that differ in a bit: the largest difference of any
   * return. Absent: none.
   */
  readonly elsewhere?: readonly number[];
  /** The first one: `seed 17, fold 2`. */
  readonly first: string | null;
}
