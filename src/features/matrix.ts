import { AssayError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import type { AlignedBars } from '../market/bars.ts';
import { barReader, checkColumns, notFinite } from './bar-reader.ts';
import type { FeatureMatrix, FeatureSet } from './feature-set.ts';
import { createMemory } from './memory.ts';
import { rangesOf, splice, type TrainingRows } from './training-rows.ts';

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
export function fitFeatures(set: FeatureSet, bars: AlignedBars, training?: TrainingRows): Json {
  if (set.fit === undefined) return null;
  const rows = bars.time.length;
  const ranges = training === undefined ? [] : rangesOf(training);
  const wrong = ranges.find(({ from, to }, i) => from < (ranges[i - 1]?.to ?? 0) || to > rows || from >= to);
  if (ranges[0] === undefined || wrong !== undefined)
    throw new AssayError(
      'usage',
      `${set.id} learns from training rows, and there are none${wrong === undefined ? '' : ` in ${wrong.from} to ${wrong.to} of ${rows}`}`,
      {
        hint: 'name the rows that it may learn from; it must not see the others',
      },
    );
  checkSymbols(set, bars.symbols);
  checkColumns(bars, set.needs, set.id);
  if (ranges.length === 1) return set.fit(bars, ranges[0], ranges);
  const alone = splice(bars, ranges);
  return set.fit(alone.bars, { from: 0, to: alone.bars.time.length }, alone.parts);
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
