import { type BarColumns, type BarSeries, barFields, type NamedColumns } from './bars.ts';

/** Consecutive bars of one symbol. */
export interface BarBlock extends BarColumns {
  /** Epoch milliseconds (UTC) of each bar's start, rising. */
  readonly time: Float64Array;
  /** Columns beside the five. */
  readonly extra: NamedColumns;
}

/** One symbol's bars in time order, in blocks: series that do not fit into memory are read from disk block by block. */
export interface BarStream {
  readonly symbol: string;
  /** Names of the columns beside the five. */
  readonly extra: readonly string[];
  /** Each call reads from the first bar again. */
  readonly blocks: () => Iterable<BarBlock>;
}

/** A series in memory as a stream of one block. */
export function streamOf(series: BarSeries, extra: NamedColumns = {}): BarStream {
  return { symbol: series.symbol, extra: Object.keys(extra), blocks: () => [{ ...series, extra }] };
}

/** Some rows of a block. */
export function filterBlock(block: BarBlock, isKept: (row: number) => boolean): BarBlock {
  const rows: number[] = [];
  for (let row = 0; row < block.time.length; row++) if (isKept(row)) rows.push(row);
  if (rows.length === block.time.length) return block;
  return mapColumns(block, (values) => Float64Array.from(rows, (row) => values[row]!));
}

/** A block with every column changed alike. */
export function mapColumns(block: BarBlock, change: (values: Float64Array) => Float64Array): BarBlock {
  const five = Object.fromEntries(barFields.map((field) => [field, change(block[field])])) as unknown as BarColumns;
  return {
    time: change(block.time),
    ...five,
    extra: Object.fromEntries(Object.entries(block.extra).map(([name, values]) => [name, change(values)])),
  };
}
