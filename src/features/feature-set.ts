import type { AlignedBars } from '../market/bars.ts';

/**
 * A named set of features computed from bars. Every column is causal: its value in row t depends on rows 0..t only. Tests check this
 * by removing the bars after t and by replacing them with noise (tests/fixtures/causality.ts).
 */
export interface FeatureSet {
  /** name@version; the version is raised whenever any value changes, so that stored models stay valid. */
  readonly id: string;
  /** Number of symbols. */
  readonly symbolCount: number;
  /** Names of one symbol's features; the matrix holds them symbol by symbol. */
  readonly perSymbol: readonly string[];
  /** Number of leading rows with fewer bars than the longest window; they must not be used. */
  readonly warmUpBars: number;
  /** symbolCount x perSymbol.length columns in the matrix's order, each as long as the bars. */
  readonly columns: (bars: AlignedBars) => readonly Float64Array[];
}

/** Features of every bar, row by row: value (row, column) lies at `row * width + column`. */
export interface FeatureMatrix {
  /** The id of the feature set. */
  readonly set: string;
  readonly rows: number;
  readonly width: number;
  /** `NVDA.spread`, ... one per column. */
  readonly names: readonly string[];
  readonly values: Float32Array;
  /** Rows before this one are 0. */
  readonly warmUpBars: number;
}
