/** How a saved policy is walked again, without training: each kind makes the market harder in one way. */
export const stressKinds = ['costs-x2', 'one-bar-late', 'without-best-days', 'half-volume'] as const;

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

/**
 * The data were cut after a row, or replaced by noise: no feature and no action up to the row, and no fill before it, may change, and nothing
 * that is learnt from a training part that lies before it.
 */
export interface LookAheadCheck {
  /** Number of rows after which the data were changed, each way counted. */
  readonly rows: number;
  /** Number of these rows up to which something changed. */
  readonly changed: number;
  readonly first: LookAheadPlace | null;
}

/** The earliest value that depends on later data. */
export interface LookAheadPlace {
  /** `learnt`: a parameter that is fitted on the training part. */
  readonly what: 'feature' | 'learnt' | 'action' | 'fill';
  /** `NVDA.spread`; for an action or fill the symbol; for `learnt` the path of the parameter. */
  readonly name: string;
  /** Row of the data set, counted from 0; for `learnt` the last row of the training part. */
  readonly row: number;
}

/** The saved policies under one stress, on all folds in time order. */
export interface StressCheck {
  /**
   * For each seed, in the order of the evidence, the net return of each session. Without the best days these are the sessions that are left:
   * the days are chosen by the mean of the seeds, so that the seeds have the same ones.
   */
  readonly returns: readonly (readonly number[])[];
}

/** Faults of the data sets that were read, as found when they were imported. */
export interface DataQualityCheck {
  /** Number of bars of all symbols. */
  readonly bars: number;
  /** Number of bars that the calendar has and the data lack, in gaps, short sessions and absent sessions (NaN: not recorded). */
  readonly missingBars: number;
  /** Bars that cannot be right: none of a kind is listed. */
  readonly faults: readonly DataFault[];
}

export interface DataFault {
  /** `badOhlc`, `badVolume`, `duplicates`, `huge`, `jumps`, `outOfOrder` or `outsideSession`, as in the quality report. */
  readonly kind: string;
  readonly count: number;
  /** Data set and symbol: `nvda-msft NVDA`. */
  readonly place: string;
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
  /** Number of repetitions whose returns differ in any bit from the stored ones. */
  readonly different: number;
  /** The first one: `seed 17, fold 2`. */
  readonly first: string | null;
}
