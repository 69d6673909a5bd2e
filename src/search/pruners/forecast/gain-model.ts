import { cholesky, inverseTransposed, multiplyUpper, solveLower } from '../../../core/linear-algebra/cholesky.ts';
import { selectSmallest } from '../order-statistics.ts';

/** Predicted decrease of a trial's loss until its end. */
export interface ExpectedGain {
  readonly gain: number;
  /** Typical error of the prediction for similar trials. */
  readonly error: number;
}

const ridge = 0.5;
/** Features are clipped to this number of standard deviations. */
const furthest = 3;

/**
 * Ridge regression of the gain on standardised features of complete trials. The error is estimated from the trials with the most
 * similar features, so it is large where similar trials ended differently.
 * @param features row-major, one row per trial; standardised in place.
 * @param gains one per trial.
 * @param own features of the trial to predict; standardised in place.
 */
export function expectGain(features: Float64Array, gains: Float64Array, own: Float64Array): ExpectedGain {
  const size = own.length;
  const count = gains.length;
  standardise(features, own);
  let mean = 0;
  for (const gain of gains) mean += gain / count;
  const coefficients = solveRidge(features, gains, mean, size);

  const squares = new Float64Array(count);
  const distances = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let residual = gains[i]! - mean;
    for (let j = 0; j < size; j++) {
      const value = features[i * size + j]!;
      residual -= coefficients[j]! * value;
      distances[i]! += (value - own[j]!) ** 2;
    }
    squares[i] = residual ** 2;
  }
  const nearest = Math.min(count, Math.max(8, Math.round(0.15 * count)));
  const reach = selectSmallest(distances.slice(), count, nearest - 1);
  let [sum, similar] = [0, 0];
  for (let i = 0; i < count; i++) {
    if (distances[i]! > reach) continue;
    sum += squares[i]!;
    similar++;
  }
  let gain = mean;
  for (let j = 0; j < size; j++) gain += coefficients[j]! * own[j]!;
  // Two degrees of freedom less: the regression is fitted on these trials as well.
  return { gain, error: Math.sqrt(sum / Math.max(1, similar - 2)) };
}

/** Replaces each feature by its deviation from the mean over the trials, in standard deviations. */
function standardise(features: Float64Array, own: Float64Array): void {
  const size = own.length;
  const count = features.length / size;
  for (let j = 0; j < size; j++) {
    let [mean, variance] = [0, 0];
    for (let i = j; i < features.length; i += size) mean += features[i]! / count;
    for (let i = j; i < features.length; i += size) variance += (features[i]! - mean) ** 2 / count;
    const scale = 1 / (Math.sqrt(variance) + 1e-12);
    const standard = (value: number): number => Math.min(Math.max((value - mean) * scale, -furthest), furthest);
    for (let i = j; i < features.length; i += size) features[i] = standard(features[i]!);
    own[j] = standard(own[j]!);
  }
}

/** The coefficients that minimise the squared error plus `ridge` times their sum of squares. */
function solveRidge(features: Float64Array, gains: Float64Array, mean: number, n: number): Float64Array {
  const matrix = new Float64Array(n * n);
  const right = new Float64Array(n);
  for (let i = 0; i < gains.length; i++) {
    for (let a = 0; a < n; a++) {
      const value = features[i * n + a]!;
      right[a]! += value * (gains[i]! - mean);
      for (let b = 0; b < n; b++) matrix[a * n + b]! += value * features[i * n + b]!;
    }
  }
  for (let a = 0; a < n; a++) matrix[a * n + a]! += ridge;
  const coefficients = new Float64Array(n);
  if (!cholesky(matrix, n)) return coefficients;
  solveLower(matrix, n, right, right);
  multiplyUpper(inverseTransposed(matrix, n), n, right, coefficients);
  return coefficients;
}
