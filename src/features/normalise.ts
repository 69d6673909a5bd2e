import { isDeepStrictEqual } from 'node:util';
import { AssayError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import type { FeatureMatrix, RowRange } from './feature-set.ts';
import { rangesOf, type TrainingRows } from './training-rows.ts';

/** Fitted normalisation of each column; plain data, stored with the model that was trained with it. */
export interface Normaliser {
  readonly set: string;
  readonly names: readonly string[];
  readonly mean: readonly number[];
  /** Population standard deviation; 0 for a column that was constant in the fit. */
  readonly sd: readonly number[];
  /** Normalised values are clipped to [-clip, clip]. */
  readonly clip: number;
  readonly fittedOn: RowRange;
  /** The rows themselves where they lie in several places within `fittedOn`. */
  readonly fittedOnParts?: readonly RowRange[];
  /** What the feature set itself learnt from the same rows; left out where it learns nothing. */
  readonly fitted?: Json;
}

/** A deviation below this, or below this share of the mean, is rounding: the column counts as constant. */
const constantSpread = { absolute: 1e-9, ofMean: 1e-6 };
const defaultClip = 5;

/**
 * Fits mean and deviation of each column on the training rows, without warm-up rows. Rows outside the range are not read.
 * @throws AssayError `usage` for a range that is not within the matrix or has no row after the warm-up; `not_finite` for NaN or infinity
 * in it.
 */
export function fitNormaliser(matrix: FeatureMatrix, training: TrainingRows, clip: number = defaultClip): Normaliser {
  const asked = rangesOf(training);
  const range = { from: asked[0]?.from ?? 0, to: asked.at(-1)?.to ?? 0 };
  const ranges = asked.map(({ from, to }) => ({ from: Math.max(from, matrix.warmUpBars), to })).filter(({ from, to }) => from < to);
  const overlaps = asked.some(({ from }, i) => from < (asked[i - 1]?.to ?? 0));
  if (overlaps || range.to > matrix.rows || ranges[0] === undefined)
    throw new AssayError(
      'usage',
      `cannot fit a normaliser on rows ${range.from} to ${range.to} of ${matrix.rows}, ${matrix.warmUpBars} of them warm-up`,
    );
  const count = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  const { width, values } = matrix;
  const mean = new Array<number>(width).fill(0);
  const squares = new Array<number>(width).fill(0);
  for (const { from, to } of ranges)
    for (let row = from; row < to; row++)
      for (let column = 0; column < width; column++) mean[column]! += values[row * width + column]! / count;
  for (const { from, to } of ranges)
    for (let row = from; row < to; row++)
      for (let column = 0; column < width; column++) squares[column]! += (values[row * width + column]! - mean[column]!) ** 2;
  const sd = squares.map((sum, column) => {
    const deviation = Math.sqrt(sum / count);
    return deviation <= Math.max(constantSpread.absolute, constantSpread.ofMean * Math.abs(mean[column]!)) ? 0 : deviation;
  });
  const broken = sd.findIndex((deviation) => !Number.isFinite(deviation));
  if (broken >= 0)
    throw new AssayError('not_finite', `the feature ${matrix.names[broken]} is not finite in rows ${ranges[0].from} to ${range.to}`);
  const { set, names, fitted } = matrix;
  return {
    set,
    names,
    mean,
    sd,
    clip,
    fittedOn: { from: ranges[0].from, to: range.to },
    ...(ranges.length > 1 && { fittedOnParts: ranges }),
    ...(fitted === null ? {} : { fitted }),
  };
}

/**
 * Returns (value - mean) / sd, clipped; 0 in columns that were constant in the fit and in warm-up rows.
 * @throws AssayError `usage` for a matrix with other columns than the fit; `not_finite` for NaN (infinite values are clipped).
 */
export function applyNormaliser(normaliser: Normaliser, matrix: FeatureMatrix): FeatureMatrix {
  const { fitted = null } = normaliser;
  if (normaliser.set !== matrix.set || normaliser.names.join() !== matrix.names.join() || !isDeepStrictEqual(fitted, matrix.fitted))
    throw new AssayError(
      'usage',
      `a normaliser fitted on ${normaliser.set} (${normaliser.names.length} columns) does not fit ${matrix.set}, or was fitted with other training rows`,
    );
  const { mean, sd, clip } = normaliser;
  const { width } = matrix;
  const values = new Float32Array(matrix.values.length);
  for (let i = matrix.warmUpBars * width; i < values.length; i++) {
    const column = i % width;
    const deviation = sd[column]!;
    if (deviation === 0) continue;
    const score = (matrix.values[i]! - mean[column]!) / deviation;
    if (Number.isNaN(score))
      throw new AssayError('not_finite', `the feature ${matrix.names[column]} is NaN in row ${Math.floor(i / width)}`);
    values[i] = Math.max(-clip, Math.min(clip, score));
  }
  return { ...matrix, values };
}
