import type { KernelShape } from './kernel.ts';

/** What kind of process is fitted. */
export interface ModelForm {
  readonly shape: KernelShape;
  /** The prior mean: 0, or the constant that fits best (generalised least squares). */
  readonly mean: 'zero' | 'fitted';
  /** Per axis: a choice differs or does not, whatever the position. */
  readonly choices: readonly boolean[];
  /** Axes with a warp of their own. */
  readonly warpedAxes: readonly number[];
  readonly prior: Prior;
}

/** All positive; as the vector of their logarithms while they are fitted, in this order. */
export interface Hyperparameters {
  /** 1 / lengthscale^2 per axis. */
  readonly inverseSquaredLengthscales: Float64Array;
  readonly scale: number;
  readonly noise: number;
  /** One pair (a, b) per warped axis. */
  readonly warps: Float64Array;
}

/** Where each kind of hyperparameter begins in the vector of logarithms. */
export interface Layout {
  readonly axes: number;
  readonly scale: number;
  readonly noise: number;
  readonly warps: number;
  readonly size: number;
}

export function layoutOf({ choices, warpedAxes }: ModelForm): Layout {
  const axes = choices.length;
  return { axes, scale: axes, noise: axes + 1, warps: axes + 2, size: axes + 2 + 2 * warpedAxes.length };
}

export function hyperparametersOf(logs: Float64Array, layout: Layout): Hyperparameters {
  const values = logs.map(Math.exp);
  return {
    inverseSquaredLengthscales: values.subarray(0, layout.axes),
    scale: values[layout.scale]!,
    noise: values[layout.noise]!,
    warps: values.subarray(layout.warps),
  };
}

/** The log density of the logarithms, up to a constant; its gradient is added to the one given. */
export interface Prior {
  readonly logDensity: (logs: Float64Array, layout: Layout, gradient: Float64Array) => number;
  /** Where the fit begins. */
  readonly start: (layout: Layout) => Float64Array;
  readonly lowestNoise: number;
}

/** The reference's prior: -(0.1/i + 0.1 i) per inverse squared lengthscale, Gamma(2, 1) on the scale, Gamma(1.1, 30) on the noise. */
export const referencePrior: Prior = {
  lowestNoise: 1e-6,
  start: ({ size, noise }) => new Float64Array(size).fill(Math.log(1e-2), noise, noise + 1),
  logDensity: (logs, { axes }, gradient) => {
    let sum = 0;
    for (let j = 0; j < axes; j++) {
      const value = Math.exp(logs[j]!);
      sum -= 0.1 / value + 0.1 * value;
      gradient[j]! += 0.1 / value - 0.1 * value;
    }
    const scale = Math.exp(logs[axes]!);
    const noise = Math.exp(logs[axes + 1]!);
    gradient[axes]! += 1 - scale;
    gradient[axes + 1]! += 0.1 - 30 * noise;
    return sum + logs[axes]! - scale + 0.1 * logs[axes + 1]! - 30 * noise;
  },
};

interface LogNormal {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * Lengthscales that grow with the square root of the dimension (Hvarfner et al. 2024, "Vanilla Bayesian optimization
 * performs great in high dimensions"), noise small unless the data say otherwise, warps near the identity.
 */
export const dimensionPrior: Prior = {
  lowestNoise: 1e-7,
  start: ({ axes, size, noise }) => {
    const logs = new Float64Array(size).fill(-2 * lengthscale(axes).mean, 0, axes);
    logs[noise] = noisePrior.mean;
    return logs;
  },
  logDensity: (logs, { axes, scale, noise, warps, size }, gradient) => {
    const { mean, deviation } = lengthscale(axes);
    let sum = 0;
    // log i = -2 log lengthscale.
    for (let j = 0; j < axes; j++) sum += addNormal(logs, j, { mean: -2 * mean, deviation: 2 * deviation }, gradient);
    sum += addNormal(logs, scale, scalePrior, gradient);
    sum += addNormal(logs, noise, noisePrior, gradient);
    for (let j = warps; j < size; j++) sum += addNormal(logs, j, warpPrior, gradient);
    return sum;
  },
};

interface LogNormal {
  readonly mean: number;
  readonly deviation: number;
}

const scalePrior: LogNormal = { mean: 0, deviation: 1 };
const noisePrior: LogNormal = { mean: -9, deviation: 3 };
const warpPrior: LogNormal = { mean: 0, deviation: 0.5 };

/** Log-normal with the square root of the dimension as its unit; the median lies between the mode and the median of Hvarfner et al. */
function lengthscale(axes: number): LogNormal {
  return { mean: Math.SQRT2 - 2 + 0.5 * Math.log(axes), deviation: 1 };
}

function addNormal(logs: Float64Array, at: number, { mean, deviation }: LogNormal, gradient: Float64Array): number {
  const z = (logs[at]! - mean) / deviation;
  gradient[at]! -= z / deviation;
  return -0.5 * z * z;
}
