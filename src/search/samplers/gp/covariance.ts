import { addScaled, distancesOf, type Gaps } from './gaps.ts';
import type { Hyperparameters, ModelForm } from './hyperparameters.ts';
import { correlate } from './kernel.ts';

/**
 * Covariance of function values: scale * m(distance over all axes), plus, if the form is additive, the mean over the axes of own scale *
 * m(distance on that axis alone). The second part models a sum of functions of one axis each (additive processes, Duvenaud et al. 2011):
 * what it learns on one axis holds for all values of the others. The arrays are reused between calls.
 */
export class Covariance {
  /** Without noise. */
  readonly values: Float64Array;
  /** m(distance over all axes) and its derivative by the squared distance. */
  readonly joint: Float64Array;
  readonly jointGradients: Float64Array;
  /** The sum over the axes of m(distance on that axis alone), and each axis's derivative by its squared scaled distance. */
  readonly sums: Float64Array;
  readonly ownGradients: readonly Float64Array[];
  readonly #form: ModelForm;
  readonly #length: number;
  readonly #scaled: Float64Array;
  readonly #own: Float64Array;

  /** @param length number of pairs of points. */
  constructor(form: ModelForm, length: number) {
    [this.#form, this.#length] = [form, length];
    const array = (): Float64Array => new Float64Array(length);
    [this.values, this.joint, this.jointGradients, this.#scaled] = [array(), array(), array(), array()];
    [this.sums, this.#own] = form.additive ? [array(), array()] : [this.#scaled, this.#scaled];
    this.ownGradients = form.additive ? form.choices.map(array) : [];
  }

  /** Computes the covariance at these hyperparameters; gradients only if requested. */
  update(gaps: Gaps, hyperparameters: Hyperparameters, withGradients: boolean): void {
    const { values, joint, sums } = this;
    const form = this.#form;
    const length = this.#length;
    const scaled = this.#scaled;
    const own = this.#own;
    const { scale, additive } = hyperparameters;
    distancesOf(gaps, hyperparameters, length, scaled);
    correlate(form.shape, scaled, 1, joint, withGradients ? this.jointGradients : null, length);
    for (let i = 0; i < length; i++) values[i] = scale * joint[i]!;
    if (additive === null) return;
    sums.fill(0);
    gaps.forEach((axis, j) => {
      const inverse = additive.inverseSquaredLengthscales[j]!;
      correlate(form.shape, axis, inverse, own, withGradients ? this.ownGradients[j]! : null, length);
      addScaled(own, 1, length, sums);
    });
    addScaled(sums, additive.scale / gaps.length, length, values);
  }
}

/** Variance of one function value. */
export function varianceOf({ scale, additive }: Hyperparameters): number {
  return scale + (additive?.scale ?? 0);
}
