import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FeatureMatrix, RowRange } from '../../features/feature-set.ts';
import { type AlignedBars, barFields } from '../../market/bars.ts';

/** Rows of a data set as files for a trainer: float64, little-endian, row by row. */
export interface DataFiles {
  readonly rows: number;
  readonly symbols: readonly string[];
  /** Values of a symbol in a row of `bars`, in this order. */
  readonly fields: readonly string[];
  /** Epoch milliseconds of each bar's start. */
  readonly time: string;
  /** Session of each bar. */
  readonly session: string;
  /** rows x symbols x fields. */
  readonly bars: string;
  readonly features: { readonly path: string; readonly names: readonly string[] };
  /** Rows before it have no complete features. */
  readonly firstRow: number;
  /** Rows of each part, from and to (exclusive): nothing is learnt across a gap. */
  readonly parts: readonly (readonly [from: number, to: number])[];
}

/**
 * Writes the rows of these ranges, one after the other, and no other row.
 * @param folder is made.
 */
export function writeDataFiles(
  folder: string,
  bars: AlignedBars,
  { values, width, names, warmUpBars }: Pick<FeatureMatrix, 'values' | 'width' | 'names' | 'warmUpBars'>,
  ranges: readonly RowRange[],
): DataFiles {
  mkdirSync(folder, { recursive: true });
  const all = ranges.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));
  const write = (name: string, width: number, valueAt: (row: number, column: number) => number): string => {
    const numbers = new Float64Array(all.length * width);
    for (const [i, row] of all.entries()) for (let k = 0; k < width; k++) numbers[i * width + k] = valueAt(row, k);
    const path = join(folder, `${name}.f64`);
    writeFileSync(path, new Uint8Array(numbers.buffer));
    return path;
  };
  let end = 0;
  return {
    rows: all.length,
    symbols: bars.symbols,
    fields: barFields,
    time: write('time', 1, (row) => bars.time[row]!),
    session: write('session', 1, (row) => bars.session[row]!),
    bars: write('bars', bars.symbols.length * barFields.length, (row, k) => barValue(bars, row, k)),
    features: { path: write('features', width, (row, k) => values[row * width + k]!), names },
    firstRow: all.findIndex((row) => row >= warmUpBars),
    parts: ranges.map(({ from, to }) => {
      const start = end;
      end += to - from;
      return [start, end];
    }),
  };
}

/** Value `k` of a row of bars: the fields of the first symbol, then those of the next. */
export function barValue({ bars }: AlignedBars, row: number, k: number): number {
  return bars[Math.floor(k / barFields.length)]![barFields[k % barFields.length]!][row]!;
}
