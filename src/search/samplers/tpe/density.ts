import { logNormalMass } from '../../../core/normal.ts';
import { type Axis, kernelConstant } from './axis.ts';
import type { Kernels } from './kernels.ts';
import type { KernelWeights } from './weights.ts';

/**
 * How far below the largest term of a sum, in nats and before weights, a term may be left out: n terms of a relative weight
 * of up to n together then are less than exp(-40), a hundredth of the last bit.
 */
function negligible(count: number): number {
  return 40 + 2 * Math.log(count + 1);
}

/**
 * The log densities of some points (an internal value per parameter) under the weighted kernels and the prior; -Infinity
 * where nothing reaches.
 *
 * Nearly all kernels are so far from a point that they add nothing to the sum in double precision. What a kernel's log
 * density loses to distance only grows from axis to axis, so most are given up after two or three of 20 axes, without an
 * exp: 4.8 million terms for 24 points, 20 axes and 10,000 trials shrink to some 0.6 million. Kernels are the outer loop,
 * since the points stay in the nearest cache while kernels come from memory; the latest come first, as they tend to be the
 * nearest.
 */
export function logDensities(kernels: Kernels, weights: KernelWeights, points: readonly Float64Array[]): Float64Array {
  const { axes, numeric, count, cells, constants, peaks } = kernels;
  const continuous = axes.filter(({ kind }) => kind === 'continuous').length;
  const size = axes.length;
  const spread = weights.prior / (count + 1);
  const mismatch = Math.log((1 + spread) / spread);
  const choicePeak = axes.slice(numeric).reduce((sum, axis) => sum + logSameChoice(axis, spread), 0);
  const places = points.map((point) => placeOf(axes, point));
  const margin = negligible(count);

  const largest = Float64Array.from(places, (place) => logPrior(axes, place) + Math.log(weights.prior));
  const sums = new Float64Array(points.length).fill(1);

  for (let kernel = count - 1; kernel >= 0; kernel--) {
    const peak = peaks[kernel]! + choicePeak + margin;
    const row = 2 * kernel * size;
    nextPoint: for (let p = 0; p < places.length; p++) {
      const { from, to } = places[p]!;
      // Twice what may be lost to distance before the kernel does not count.
      const allowed = 2 * (peak - largest[p]!);
      let left = allowed;
      if (left < 0) continue;
      for (let axis = 0; axis < continuous; axis++) {
        const z = (from[axis]! - cells[row + 2 * axis]!) * cells[row + 2 * axis + 1]!;
        left -= z * z;
        if (left < 0) continue nextPoint;
      }
      const lostToDistance = 0.5 * (allowed - left);
      for (let axis = continuous; axis < numeric; axis++) {
        const mu = cells[row + 2 * axis]!;
        const outside = Math.max(from[axis]! - mu, mu - to[axis]!, 0) * cells[row + 2 * axis + 1]!;
        left -= outside * outside;
        if (left < 0) continue nextPoint;
      }
      let lostToChoices = 0;
      for (let axis = numeric; axis < size; axis++) if (cells[row + 2 * axis] !== from[axis]) lostToChoices += mismatch;
      if (left < 2 * lostToChoices) continue;

      let value = constants[kernel]! + choicePeak - lostToDistance - lostToChoices;
      for (let axis = continuous; axis < numeric; axis++) {
        const [mu, inverseWidth] = [cells[row + 2 * axis]!, cells[row + 2 * axis + 1]!];
        value += logNormalMass((from[axis]! - mu) * inverseWidth, (to[axis]! - mu) * inverseWidth);
      }
      if (value > largest[p]!) {
        sums[p] = sums[p]! * Math.exp(largest[p]! - value) + weights.of(kernel);
        largest[p] = value;
      } else if (value > Number.NEGATIVE_INFINITY) sums[p]! += weights.of(kernel) * Math.exp(value - largest[p]!);
    }
  }
  return sums.map((sum, p) => (places[p]!.inside ? largest[p]! + Math.log(sum / weights.total) : Number.NEGATIVE_INFINITY));
}

/** A point on the axes' working scales: the ends of its cells, which are the same without steps. */
interface Place {
  readonly from: Float64Array;
  readonly to: Float64Array;
  /** Whether it is inside every continuous range. */
  readonly inside: boolean;
}

function placeOf(axes: readonly Axis[], point: Float64Array): Place {
  const from = Float64Array.from(axes, ({ at, scale, half }) => scale(point[at]! - half));
  const to = Float64Array.from(axes, ({ at, scale, half }) => scale(point[at]! + half));
  return { from, to, inside: axes.every(({ kind, low, high }, i) => kind !== 'continuous' || (from[i]! >= low && from[i]! <= high)) };
}

/** The prior's log density: a kernel in the middle as wide as the range, and any choice alike. */
function logPrior(axes: readonly Axis[], { from, to }: Place): number {
  let sum = 0;
  axes.forEach((axis, i) => {
    const { kind, low, high } = axis;
    if (kind === 'choice') {
      sum -= Math.log(high + 1);
      return;
    }
    const [mu, inverseWidth] = [(low + high) / 2, 1 / (high - low)];
    const [left, right] = [(from[i]! - mu) * inverseWidth, (to[i]! - mu) * inverseWidth];
    sum += kernelConstant(axis, mu, inverseWidth) + (kind === 'continuous' ? -0.5 * left * left : logNormalMass(left, right));
  });
  return sum;
}

/**
 * A kernel over C choices is its own with probability (1 + a) / (1 + C a) and another with a / (1 + C a), where
 * a = prior weight / number of kernels, the prior included.
 */
function logSameChoice({ high }: Axis, spread: number): number {
  return Math.log((1 + spread) / (1 + (high + 1) * spread));
}
