import { isDeepStrictEqual } from 'node:util';
import { AssayError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import type { FeatureMatrix, RowRange } from './feature-set.ts';

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
export function fitNormaliser(matrix: FeatureMatrix, range: RowRange, clip: number = defaultClip): Normaliser {
  const from = Math.max(range.from, matrix.warmUpBars);
  if (range.from < 0 || range.to > matrix.rows || from >= range.to)
    throw new AssayError(
      'usage',
      `cannot fit a normaliser on rows ${range.from} to ${range.to} of ${matrix.rows}, ${matrix.warmUpBars} of them warm-up`,
    );
  const count = range.to - from;
  const { width, values } = matrix;
  const mean = new Array<number>(width).fill(0);
  const squares = new Array<number>(width).fill(0);
  for (let row = from; row < range.to; row++)
    for (let column = 0; column < width; column++) mean[column]! += values[row * width + column]! / count;
  for (let row = from; row < range.to; row++)
    for (let column = 0; column < width; column++) squares[column]! += (values[row * width + column]! - mean[column]!) ** 2;
  const sd = squares.map((sum, column) => {
    const deviation = Math.sqrt(sum / count);
    return deviation <= Math.max(constantSpread.absolute, constantSpread.ofMean * Math.abs(mean[column]!)) ? 0 : deviation;
  });
  const broken = sd.findIndex((deviation) => !Number.isFinite(deviation));
  if (broken >= 0) throw new AssayError('not_finite', `the feature ${matrix.names[broken]} is not finite in rows ${from} to ${range.to}`);
  const { set, names, fitted } = matrix;
  return { set, names, mean, sd, clip, fittedOn: { from, to: range.to }, ...(fitted === null ? {} : { fitted }) };
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
