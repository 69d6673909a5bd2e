import { truncatedNormalQuantile } from '../../../core/normal.ts';
import type { Rng } from '../../../core/rng.ts';
import type { FlatParam } from '../../space/compile.ts';
import { fitValue } from '../../space/leaf.ts';
import type { TpeAxis } from './axis.ts';
import { logDensities } from './density.ts';
import { type KernelOptions, Kernels, type Rows } from './kernels.ts';
import { ageingWeights, type KernelWeights } from './weights.ts';

/** A Parzen estimator over one or more parameters: a weighted sum of products of kernels. */
export class Estimator {
  readonly kernels: Kernels;
  weights: KernelWeights;

  constructor(params: readonly FlatParam[], options: KernelOptions & { readonly priorWeight: number }) {
    this.kernels = new Kernels(params, options);
    this.weights = ageingWeights(0, options.priorWeight);
  }

  /**
   * Updates the estimator to another set of trials.
   * @param slots of the trials, ascending; each has a value for every parameter.
   */
  follow(slots: Int32Array, rows: Rows, weights: KernelWeights): void {
    this.kernels.follow(slots, rows);
    this.weights = weights;
  }

  /** Returns the log densities of points with one internal value per parameter. */
  logDensities(points: readonly Float64Array[]): Float64Array {
    return logDensities(this.kernels, this.weights, points);
  }

  /** Draws one internal value per parameter. */
  draw(rng: Rng): Float64Array {
    const kernel = this.#pick(rng.uniform());
    const { axes, numeric } = this.kernels;
    const point = new Float64Array(axes.length);
    axes.forEach((axis, i) => {
      point[axis.at] = i < numeric ? this.#drawNumber(axis, i, kernel, rng) : this.#drawChoice(axis, i, kernel, rng);
    });
    return point;
  }

  /** Returns the kernel in which the cumulative weight reaches the share u in (0, 1); the prior is the last one. */
  #pick(u: number): number {
    const { of, total } = this.weights;
    const { count } = this.kernels;
    let left = u * total;
    for (let kernel = 0; kernel < count; kernel++) {
      left -= of(kernel);
      if (left < 0) return kernel;
    }
    return count;
  }

  #drawNumber({ param, low, high }: TpeAxis, axis: number, kernel: number, rng: Rng): number {
    const isPrior = kernel === this.kernels.count;
    const mu = isPrior ? (low + high) / 2 : this.kernels.position(kernel, axis);
    const width = isPrior ? high - low : this.kernels.width(kernel, axis);
    const x = mu + width * truncatedNormalQuantile(rng.uniform(), (low - mu) / width, (high - mu) / width);
    return fitValue(param, param.type !== 'choice' && param.log ? Math.exp(x) : x);
  }

  /** Draws the kernel's own choice with probability 1 / (1 + C a), otherwise uniformly, see {@link logDensities}. */
  #drawChoice({ high }: TpeAxis, axis: number, kernel: number, rng: Rng): number {
    const { count } = this.kernels;
    const choices = high + 1;
    const spread = (choices * this.weights.prior) / (count + 1);
    const own = kernel < count && rng.uniform() >= spread / (1 + spread);
    return own ? this.kernels.position(kernel, axis) : rng.int(choices);
  }
}
