import type { Json } from '../core/json.ts';
import type { AlignedBars } from '../market/bars.ts';
import type { SessionCalendar } from '../market/calendars/calendar.ts';
import type { Memory } from './memory.ts';

/** One bar of every symbol as a stream sees it. The object and its arrays are overwritten by the next bar. */
export interface Bar {
  /** Epoch milliseconds (UTC) of the bar's start. */
  readonly time: number;
  /** Epoch milliseconds at which the bar's session opens and closes by the calendar. */
  readonly openMs: number;
  readonly closeMs: number;
  /** Trading date of the session, `2024-01-02`. */
  readonly date: string;
  /** One price or volume a symbol. */
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  /** 1 where this is a symbol's first bar of a session or of another contract: nothing before it is comparable in price. */
  readonly begins: Uint8Array;
  /** 1 where this is a symbol's first bar of another contract. */
  readonly rolls: Uint8Array;
  /** The named columns that the set needs, one value a symbol. */
  readonly columns: Readonly<Record<string, Float64Array>>;
}

/** What a stream is started for. */
export interface FeatureContext {
  readonly symbols: readonly string[];
  /** Length of a bar in milliseconds. */
  readonly barMs: number;
  readonly calendar: SessionCalendar;
  /** Everything that the stream remembers from one bar to the next, so that it can be saved and restored. */
  readonly memory: Memory;
}

/** A started feature set. */
export interface FeatureStream {
  /** Takes the next bar and writes its features: symbol k's feature j at `out[k * features + j]`. */
  readonly push: (bar: Bar, out: Float64Array) => void;
}

/** Bars that a stream which starts in the middle must be shown first, until its values are those of a longer stream to 1e-12. */
export interface FeatureHistory {
  readonly bars: number;
  /** The history must begin with a session. */
  readonly fromSessionStart: boolean;
}

/** Rows from `from` up to, not including, `to`. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/**
 * A named set of features. It has one form, a stream that sees one bar after the other, so no value can depend on a later bar; the features
 * of a whole data set are the loop over it.
 */
export interface FeatureSet {
  /** name@version with the options that differ from the defaults; the version is raised whenever a value changes. */
  readonly id: string;
  /** How many symbols the set takes. */
  readonly symbols: { readonly min: number; readonly max: number };
  /** Columns beside open, high, low, close and volume that every symbol must have. */
  readonly needs: readonly string[];
  /** Leading bars with fewer bars than the longest window; they must not be used. */
  readonly warmUpBars: (barMs: number) => number;
  readonly history: (barMs: number) => FeatureHistory;
  /** Names of one symbol's features, for a number of symbols. */
  readonly features: (symbolCount: number) => readonly string[];
  /**
   * What the set learns from the training rows, as plain data. Reads no other row. Where the training lies in several places, the bars are
   * those of the training alone, one part after the other, and `parts` are the rows of each: what a set learns from neighbouring rows across
   * sessions must not reach from one part to the next.
   */
  readonly fit?: (bars: AlignedBars, training: RowRange, parts: readonly RowRange[]) => Json;
  /**
   * @param fitted what `fit` returned; null for a set without one.
   * @throws AssayError `data_invalid` for something that is no fit of this set.
   */
  readonly start: (context: FeatureContext, fitted: Json) => FeatureStream;
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
  /** What the set learnt from the training rows; null for a set that learns nothing. */
  readonly fitted: Json;
}
