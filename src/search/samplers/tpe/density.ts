import { logNormalMass } from '../../../core/normal.ts';
import { kernelConstant, type TpeAxis } from './axis.ts';
import type { Kernels } from './kernels.ts';
import type { KernelWeights } from './weights.ts';

/**
 * Returns how far below the current sum, in nats, a term may be skipped: n such terms together are less than exp(-32) of the sum,
 * 1.3e-14.
 */
function negligible(count: number): number {
  return 32 + Math.log(count + 1);
}

/**
 * Returns the log densities of points (one internal value per parameter) under the weighted kernels and the prior; -Infinity outside the
 * ranges.
 *
 * Nearly all kernels are so far from a point that they add nothing to the sum in double precision. A kernel's squared distance only grows
 * from axis to axis, so most are skipped after one to seven of 20 axes (later if the trials are clustered), without an exp: at 10,000
 * trials x 20 parameters an ask takes 4 ms of processor time with it and 27 ms without. Kernels are the outer loop, since the points stay
 * in the nearest cache while kernels come from memory; the latest come first, as they tend to be the nearest.
 */
export function logDensities(kernels: Kernels, weights: KernelWeights, points: readonly Float64Array[]): Float64Array {
  const { axes, numeric, count, cells, constants, peaks, cellMasses } = kernels;
  const size = axes.length;
  const continuous = axes.filter(({ kind }) => kind === 'continuous').length;
  const spread = weights.prior / (count + 1);
  const mismatch = Math.log((1 + spread) / spread);
  const choicePeak = axes.slice(numeric).reduce((sum, axis) => sum + logSameChoice(axis, spread), 0);
  const { from, to } = placesOf(axes, points);
  const margin = negligible(count);

  // Each sum is exp(largest) * sum, and at least exp(bar).
  const largest = Float64Array.from(points, (_, p) => logPrior(axes, from.subarray(p * size), to.subarray(p * size)));
  const sums = new Float64Array(points.length).fill(weights.prior);
  const bars = largest.map((value) => value + Math.log(weights.prior));

  for (let kernel = count - 1; kernel >= 0; kernel--) {
    const reach = peaks[kernel]! + choicePeak + margin;
    const row = 2 * kernel * size;
    nextPoint: for (let p = 0; p < points.length; p++) {
      const place = p * size;
      // A log density contains half of the squared distance.
      const allowed = 2 * (reach - bars[p]!);
      let lost = 0;
      let axis = 0;
      for (let cell = row; axis < continuous; axis++, cell += 2) {
        const z = (from[place + axis]! - cells[cell]!) * cells[cell + 1]!;
        lost += z * z;
        if (lost > allowed) continue nextPoint;
      }
      const lostToDistance = lost;
      for (; axis < numeric; axis++) {
        const cell = row + 2 * axis;
        const mu = cells[cell]!;
        const outside = Math.max(from[place + axis]! - mu, mu - to[place + axis]!, 0) * cells[cell + 1]!;
        lost += outside * outside;
        if (lost > allowed) continue nextPoint;
      }
      let lostToChoices = 0;
      for (; axis < size; axis++) if (cells[row + 2 * axis] !== from[place + axis]) lostToChoices += mismatch;
      if (lost + 2 * lostToChoices > allowed) continue;

      let value = constants[kernel]! + choicePeak - 0.5 * lostToDistance - lostToChoices;
      for (axis = continuous; axis < numeric; axis++) {
        const cell = row + 2 * axis;
        value += cellMasses[axis - continuous]!.of(from[place + axis]!, to[place + axis]!, cells[cell]!, cells[cell + 1]!);
      }
      if (value > largest[p]!) {
        sums[p] = sums[p]! * Math.exp(largest[p]! - value) + weights.of(kernel);
        largest[p] = value;
        bars[p] = value + Math.log(sums[p]!);
      } else if (value > Number.NEGATIVE_INFINITY) sums[p]! += weights.of(kernel) * Math.exp(value - largest[p]!);
    }
  }
  return sums.map((sum, p) =>
    isInside(axes, from.subarray(p * size)) ? largest[p]! + Math.log(sum / weights.total) : Number.NEGATIVE_INFINITY,
  );
}

/** Returns the lower and upper ends of the points' cells on the axes' working scales, point by point; both are equal without steps. */
function placesOf(axes: readonly TpeAxis[], points: readonly Float64Array[]): { readonly from: Float64Array; readonly to: Float64Array } {
  const from = new Float64Array(points.length * axes.length);
  const to = new Float64Array(points.length * axes.length);
  points.forEach((point, p) => {
    axes.forEach(({ at, scale, half }, axis) => {
      from[p * axes.length + axis] = scale(point[at]! - half);
      to[p * axes.length + axis] = scale(point[at]! + half);
    });
  });
  return { from, to };
}

/** True if a point is inside every continuous range. */
function isInside(axes: readonly TpeAxis[], from: Float64Array): boolean {
  return axes.every(({ kind, low, high }, i) => kind !== 'continuous' || (from[i]! >= low && from[i]! <= high));
}

/** Returns the log density of the prior: a kernel in the middle of the range and as wide as it, uniform over choices. */
function logPrior(axes: readonly TpeAxis[], from: Float64Array, to: Float64Array): number {
  let sum = 0;
  axes.forEach((axis, i) => {
    const { kind, low, high } = axis;
    if (kind === 'choice') {
      sum -= Math.log(high + 1);
      return;
    }
    const mu = (low + high) / 2;
    const inverseWidth = 1 / (high - low);
    const left = (from[i]! - mu) * inverseWidth;
    const right = (to[i]! - mu) * inverseWidth;
    sum += kernelConstant(axis, mu, inverseWidth) + (kind === 'continuous' ? -0.5 * left * left : logNormalMass(left, right));
  });
  return sum;
}

/**
 * Returns the log probability of a kernel's own choice. Over C choices it is (1 + a) / (1 + C a), and a / (1 + C a) for each other one,
 * where a = prior weight / number of kernels, the prior included.
 */
function logSameChoice({ high }: TpeAxis, spread: number): number {
  return Math.log((1 + spread) / (1 + (high + 1) * spread));
}
