/**
 * Names and numbers of the Databento Binary Encoding (DBN) versions 1 to 3.
 * Source: github.com/databento/dbn, `rust/dbn/src/enums.rs` and `flags.rs`.
 */

/** Schemas by their number in the header. */
export const schemas = [
  'mbo',
  'mbp-1',
  'mbp-10',
  'tbbo',
  'trades',
  'ohlcv-1s',
  'ohlcv-1m',
  'ohlcv-1h',
  'ohlcv-1d',
  'definition',
  'statistics',
  'status',
  'imbalance',
  'ohlcv-eod',
  'cmbp-1',
  'cbbo-1s',
  'cbbo-1m',
  'tcbbo',
  'bbo-1s',
  'bbo-1m',
] as const;

export type Schema = (typeof schemas)[number];

/** Number of the schema of a file with records of several schemas, such as a live session's. */
export const mixedSchema = 0xffff;

/** Kinds of symbols by their number in the header. */
export const symbolTypes = [
  'instrument_id',
  'raw_symbol',
  'smart',
  'continuous',
  'parent',
  'nasdaq_symbol',
  'cms_symbol',
  'isin',
  'us_code',
  'bbg_comp_id',
  'bbg_comp_ticker',
  'figi',
  'figi_ticker',
] as const;

/** Bits of `flags`. */
export const recordFlags = {
  /** The record is the last of its event: the book may be read. */
  last: 128,
  /** A top-of-book feed: an added order takes the place of its whole side. */
  topOfBook: 64,
  /** The record comes from a snapshot, not from the feed. */
  snapshot: 32,
  /** The order stands for a whole price level. */
  aggregated: 16,
  badReceiveTime: 8,
  /** A gap was found upstream; the book may be wrong. */
  maybeBadBook: 4,
} as const;

export const undefinedPrice = 2n ** 63n - 1n;
export const undefinedTime = 2n ** 64n - 1n;
/** Prices are whole numbers of this fraction of a unit. */
export const priceScale = 1e9;
