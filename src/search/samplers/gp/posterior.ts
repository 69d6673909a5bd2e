import { dot } from '../../../core/linear-algebra/cholesky.ts';
import { Covariance } from './covariance.ts';
import { pairGaps } from './gaps.ts';
import { type Hyperparameters, hyperparametersOf, layoutOf, type ModelForm } from './hyperparameters.ts';
import type { Differentiable } from './lbfgs.ts';
import { type Data, factorOf, noiseOf, placed, solved } from './process.ts';
import { warpGradients } from './warp.ts';

/**
 * Returns log p(targets) + log prior as a function of the logarithms of the hyperparameters, up to constants; it writes the gradient.
 * -Infinity if the covariance is not positive definite. Its working memory is reused between calls.
 */
export function createLogPosterior(form: ModelForm, data: Data): Differentiable {
  const layout = layoutOf(form);
  const { axes } = layout;
  const n = data.points.length;
  const covariance = new Covariance(form, (n * (n - 1)) / 2);
  const matrix = new Float64Array(n * n);
  const scratch = new Float64Array(n * n);
  const sensitivities = new Float64Array((n * (n - 1)) / 2);
  const fixedGaps = form.warpedAxes.length === 0 ? pairGaps(form, data.points) : null;

  return (logs, gradient) => {
    const hyperparameters = hyperparametersOf(logs, layout);
    const { inverseSquaredLengthscales: inverseLengths, scale, noise, additive } = hyperparameters;
    const places = fixedGaps === null ? data.points.map((point) => placed(form, hyperparameters, point)) : data.points;
    const gaps = fixedGaps ?? pairGaps(form, places);
    covariance.update(gaps, hyperparameters, true);
    gradient.fill(0);
    const factor = factorOf(n, covariance.values, hyperparameters, noiseOf(data, hyperparameters), matrix);
    if (factor === null) return Number.NEGATIVE_INFINITY;
    const { inverse, weights, logLikelihood } = solved(form, factor, data.targets, scratch);

    // d log p / d K_ik, of both triangles together; then of the diagonal.
    let pair = 0;
    let onDiagonal = 0;
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < i; k++) sensitivities[pair++] = weights[i]! * weights[k]! - dot(inverse, i * n + i, inverse, k * n + i, n - i);
      onDiagonal += 0.5 * (weights[i]! * weights[i]! - dot(inverse, i * n + i, inverse, i * n + i, n - i));
    }
    const pairs = sensitivities.length;
    gradient[layout.scale] = scale * (dot(sensitivities, 0, covariance.joint, 0, pairs) + onDiagonal);
    gradient[layout.noise] = noise * onDiagonal;
    if (additive !== null) {
      gradient[layout.additiveScale] = additive.scale * (dot(sensitivities, 0, covariance.sums, 0, pairs) / axes + onDiagonal);
      for (let j = 0; j < axes; j++) {
        const pull = tripleDot(sensitivities, covariance.ownGradients[j]!, gaps[j]!);
        gradient[layout.additive + j] = (additive.scale / axes) * additive.inverseSquaredLengthscales[j]! * pull;
      }
    }
    // The following gradients are by the squared distance over all axes.
    const { jointGradients } = covariance;
    if (fixedGaps === null) addWarps(form, data, hyperparameters, places, covariance, sensitivities, gradient);
    for (let p = 0; p < pairs; p++) jointGradients[p]! *= sensitivities[p]!;
    for (let j = 0; j < axes; j++) gradient[j]! += scale * inverseLengths[j]! * dot(jointGradients, 0, gaps[j]!, 0, pairs);
    return logLikelihood + form.prior.logDensity(logs, layout, gradient);
  };
}

function tripleDot(a: Float64Array, b: Float64Array, c: Float64Array): number {
  let s0 = 0;
  let s1 = 0;
  const even = a.length & ~1;
  for (let i = 0; i < even; i += 2) {
    s0 += a[i]! * b[i]! * c[i]!;
    s1 += a[i + 1]! * b[i + 1]! * c[i + 1]!;
  }
  return even < a.length ? s0 + s1 + a[even]! * b[even]! * c[even]! : s0 + s1;
}

/** Adds the gradient by the logarithms of the warps, through the places of both points of each pair. */
function addWarps(
  form: ModelForm,
  { points }: Data,
  { inverseSquaredLengthscales, scale, warps, additive }: Hyperparameters,
  places: readonly Float64Array[],
  { jointGradients, ownGradients }: Covariance,
  sensitivities: Float64Array,
  gradient: Float64Array,
): void {
  const layout = layoutOf(form);
  form.warpedAxes.forEach((axis, w) => {
    const pulls = new Float64Array(points.length);
    const joint = scale * inverseSquaredLengthscales[axis]!;
    const own = additive === null ? 0 : (additive.scale / layout.axes) * additive.inverseSquaredLengthscales[axis]!;
    let pair = 0;
    for (let i = 1; i < places.length; i++)
      for (let k = 0; k < i; k++, pair++) {
        const gradient = joint * jointGradients[pair]! + (own === 0 ? 0 : own * ownGradients[axis]![pair]!);
        const pull = 2 * sensitivities[pair]! * gradient * (places[i]![axis]! - places[k]![axis]!);
        pulls[i]! += pull;
        pulls[k]! -= pull;
      }
    const warp = { a: warps[2 * w]!, b: warps[2 * w + 1]! };
    points.forEach((point, i) => {
      const [, byA, byB] = warpGradients(point[axis]!, warp);
      gradient[layout.warps + 2 * w]! += pulls[i]! * byA;
      gradient[layout.warps + 2 * w + 1]! += pulls[i]! * byB;
    });
  });
}
