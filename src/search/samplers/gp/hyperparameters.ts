import type { KernelShape } from './kernel.ts';
import type { Prior } from './priors.ts';

/** Form of the process: kernel, mean and prior. */
export interface ModelForm {
  readonly shape: KernelShape;
  /** The prior mean: 0, or the constant that fits best (generalised least squares). */
  readonly mean: 'zero' | 'fitted';
  /** Per axis, true for a choice: its values are equal or different, without a distance. */
  readonly choices: readonly boolean[];
  /** Axes that have a warp. */
  readonly warpedAxes: readonly number[];
  /** True if the process includes a sum of functions of one axis each. */
  readonly additive: boolean;
  readonly prior: Prior;
}

/** Hyperparameters, all positive; the fit uses the vector of their logarithms in this order. */
export interface Hyperparameters {
  /** 1 / lengthscale^2 per axis. */
  readonly inverseSquaredLengthscales: Float64Array;
  readonly scale: number;
  readonly noise: number;
  /** One pair (a, b) per warped axis. */
  readonly warps: Float64Array;
  /** Hyperparameters of the sum of functions of one axis each (null without it); the scale is the variance of the whole sum. */
  readonly additive: { readonly inverseSquaredLengthscales: Float64Array; readonly scale: number } | null;
}

/** Offsets of the hyperparameters in the vector of logarithms. */
export interface ParameterLayout {
  readonly axes: number;
  readonly scale: number;
  readonly noise: number;
  readonly warps: number;
  /** Lengthscales of the sum; equal to `size` without a sum. */
  readonly additive: number;
  readonly additiveScale: number;
  readonly size: number;
}

export function layoutOf({ choices, warpedAxes, additive: sum }: ModelForm): ParameterLayout {
  const axes = choices.length;
  const additive = axes + 2 + 2 * warpedAxes.length;
  const additiveScale = additive + axes;
  return { axes, scale: axes, noise: axes + 1, warps: axes + 2, additive, additiveScale, size: sum ? additiveScale + 1 : additive };
}

export function hyperparametersOf(
  logs: Float64Array,
  { axes, scale, noise, warps, additive, additiveScale, size }: ParameterLayout,
): Hyperparameters {
  const values = logs.map(Math.exp);
  return {
    inverseSquaredLengthscales: values.subarray(0, axes),
    scale: values[scale]!,
    noise: values[noise]!,
    warps: values.subarray(warps, additive),
    additive:
      additive === size ? null : { inverseSquaredLengthscales: values.subarray(additive, additiveScale), scale: values[additiveScale]! },
  };
}
