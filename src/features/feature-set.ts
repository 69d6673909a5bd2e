import type { AlignedBars } from '../market/bars.ts';

/**
 * A named way to turn bars into numbers. Every column is causal: its value in row t depends on rows 0..t alone, which
 * tests check by cutting the bars off after t and by putting noise there (tests/fixtures/causality.ts).
 */
export interface FeatureSet {
  /** name@version; the version is raised whenever any value changes, so that stored models keep their meaning. */
  readonly id: string;
  /** How many symbols it takes. */
  readonly symbolCount: number;
  /** Names of one symbol's features; the matrix holds them symbol by symbol. */
  readonly perSymbol: readonly string[];
  /** Leading rows that see fewer bars than the longest window asks for: not to be used. */
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
