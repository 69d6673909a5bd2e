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
  /** `NVDA.spread`; for an action or fill the symbol; for `learnt` the name of the parameter. */
  readonly name: string;
  /** Row of the data set, counted from 0; for `learnt` the last row of the training part. */
  readonly row: number;
}

/** Faults of the data sets that were read, as found when they were imported. */
export interface DataQualityCheck {
  /** Number of bars of all symbols. */
  readonly bars: number;
  /** Number of bars that the calendar has and the data lack, in gaps within sessions and in absent sessions (NaN: not recorded). */
  readonly missingBars: number;
  /** Bars that cannot be right; a kind without any is not listed. */
  readonly faults: readonly DataFault[];
}

export interface DataFault {
  /** `badOhlc`, `badVolume`, `duplicates`, `huge`, `jumps`, `outOfOrder` or `outsideSession`, as in the quality report. */
  readonly kind: string;
  readonly count: number;
  /** Data set and symbol: `nvda-msft NVDA`. */
  readonly place: string;
}

/** How a saved policy is walked again, without training: each kind makes the market harder in one way. */
export const walkedStresses = ['costs-x2', 'one-bar-late', 'half-volume'] as const;

export type WalkedStress = (typeof walkedStresses)[number];

/** The policy of one seed on one fold, as an evaluation stored it. */
export interface SavedPolicy {
  readonly seed: number;
  readonly bytes: Uint8Array;
  /** One net return per step. */
  readonly stepReturns: Float64Array;
  /** One net return per session, which most gates judge. */
  readonly dailyReturns: readonly number[];
}

/** Checks of one saved policy on its fold. */
export interface PolicyChecks {
  readonly seed: number;
  /** With the data cut after a row: the same request, with fewer bars. */
  readonly cut: LookAheadCheck;
  /** With noise after a row. */
  readonly noise: LookAheadCheck;
  /**
   * The first step of the evaluation, walked again, whose return differs in any bit from the stored one, or the first of a session whose
   * return does (null: none does).
   */
  readonly differsAt: number | null;
  /** The largest difference of a return of these steps and sessions (absent: unknown, as where their numbers differ). */
  readonly largestDifference?: number;
  /** The net return of each session under each stress. */
  readonly stress: Readonly<Record<WalkedStress, readonly number[]>>;
}

/** Version of the rule of each kind of check: under a new one, validations are checked again. */
export const checkRules = { data: 1, features: 1, policy: 3 } as const;
