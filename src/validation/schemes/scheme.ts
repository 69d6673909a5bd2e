import type { Span } from '../folds.ts';

/** What a scheme plans folds from: the number of sessions, and the study's plan. Nothing of it is a result. */
export interface SchemeLayout {
  /** Sessions in the data. */
  readonly sessions: number;
  /** Sessions from the start that the search used; no test lies in them. */
  readonly search: number;
  /** Sessions left out of training at the side of every test. */
  readonly purge: number;
  /** Further sessions left out behind a test, where training follows it. */
  readonly embargo: number;
  /** Sessions of one test of the study's plan. */
  readonly test: number;
  /** Number of tests of the study's plan. */
  readonly folds: number;
}

/** A test part; `group` where the scheme divides the tested sessions into groups. */
export interface TestPart extends Span {
  readonly group?: number;
}

/** Training and test of one fold, each in one part or several, in time order. Parts do not touch. */
export interface SchemeFold {
  readonly train: readonly Span[];
  readonly test: readonly TestPart[];
  /** Sessions beside tests that were left out of training: purged, and embargoed beyond that. Rising. */
  readonly purged: readonly number[];
  readonly embargoed: readonly number[];
}

/** Where folds lie. One interface for all; windows come from the data alone. */
export interface FoldScheme {
  /** `anchored`, `rolling`, `rolling:40`, `cpcv:6,2`. */
  readonly id: string;
  /**
   * True if every training part lies before its test, and every day is tested once: only such folds can be evidence for a promotion.
   */
  readonly forward: boolean;
  /** @throws AssayError `config_invalid` if the folds do not fit into the data */
  readonly plan: (layout: SchemeLayout) => readonly SchemeFold[];
}
