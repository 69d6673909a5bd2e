import { AssayError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import type { AlignedBars } from '../market/bars.ts';
import { barReader, checkColumns, notFinite } from './bar-reader.ts';
import type { FeatureMatrix, FeatureSet, RowRange } from './feature-set.ts';
import { createMemory } from './memory.ts';

/** `NVDA.spread`, ... one per column of a set's matrix. */
export function namesOf(set: FeatureSet, symbols: readonly string[]): readonly string[] {
  const features = set.features(symbols.length);
  return symbols.flatMap((symbol) => features.map((feature) => `${symbol}.${feature}`));
}

/** @throws AssayError `data_invalid` if the set does not take this number of symbols. */
export function checkSymbols({ id, symbols: { min, max } }: FeatureSet, symbols: readonly string[]): void {
  if (symbols.length >= min && symbols.length <= max) return;
  const wanted = min === max ? String(min) : max === Number.POSITIVE_INFINITY ? `${min} or more` : `${min} to ${max}`;
  throw new AssayError('data_invalid', `${id} needs bars of ${wanted} symbols, not of ${symbols.length}`, {
    hint: 'choose another data set, or a feature set for this number of symbols: docs/features.md',
  });
}

/**
 * What a set learns from the training rows; null for a set that learns nothing.
 * @throws AssayError `usage` for a set that learns, without training rows or with rows that the bars do not have; `data_invalid` for bars
 * that it does not take.
 */
export function fitFeatures(set: FeatureSet, bars: AlignedBars, training?: RowRange): Json {
  if (set.fit === undefined) return null;
  const rows = bars.time.length;
  if (training === undefined || training.from < 0 || training.to > rows || training.from >= training.to)
    throw new AssayError(
      'usage',
      `${set.id} learns from training rows, and there are none${training === undefined ? '' : ` in ${training.from} to ${training.to} of ${rows}`}`,
      {
        hint: 'name the rows that it may learn from; it must not see the others',
      },
    );
  checkSymbols(set, bars.symbols);
  checkColumns(bars, set.needs, set.id);
  return set.fit(bars, training);
}

/**
 * Computes the features of all bars as one matrix, not normalised. Warm-up rows are 0.
 * @param fitted what the set learnt: {@link fitFeatures}.
 * @throws AssayError `not_finite`, with feature and row, if a value is NaN or infinite; no such value is ever returned.
 */
export function computeFeatures(set: FeatureSet, bars: AlignedBars, fitted: Json): FeatureMatrix {
  checkSymbols(set, bars.symbols);
  const { symbols, barMs, calendar } = bars;
  const names = namesOf(set, symbols);
  const [rows, width] = [bars.time.length, names.length];
  const warmUpBars = Math.min(set.warmUpBars(barMs), rows);
  const reader = barReader(bars, set.needs, set.id);
  const stream = set.start({ symbols, barMs, calendar, memory: createMemory() }, fitted);
  const out = new Float64Array(width);
  const values = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    reader.read(row);
    stream.push(reader.bar, out);
    if (row < warmUpBars) continue;
    const at = row * width;
    // 0 as long as every value is finite, since anything else less itself is NaN.
    let odd = 0;
    for (let column = 0; column < width; column++) {
      const value = Math.fround(out[column]!);
      values[at + column] = value;
      odd += value - value;
    }
    if (odd !== 0) throw faultyFeature(out, names, bars.time[row]!, row);
  }
  return { set: set.id, rows, width, names, values, warmUpBars, fitted };
}

/** The error of a row of features of which one is not finite. */
export function faultyFeature(out: Float64Array, names: readonly string[], time: number, row?: number): AssayError {
  const column = out.findIndex((value) => !Number.isFinite(Math.fround(value)));
  return notFinite(`the feature ${names[column]}`, out[column]!, time, row);
}
