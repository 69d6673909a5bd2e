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

/** The log density of the logarithms, up to a constant; its gradient is added to the one given. */
export interface Prior {
  readonly logDensity: (logs: Float64Array, axes: number, gradient: Float64Array) => number;
  /** Where the fit begins. */
  readonly start: (axes: number, warps: number) => Float64Array;
  readonly lowestNoise: number;
}

export function hyperparametersOf(logs: Float64Array, axes: number): Hyperparameters {
  const values = logs.map(Math.exp);
  return {
    inverseSquaredLengthscales: values.subarray(0, axes),
    scale: values[axes]!,
    noise: values[axes + 1]!,
    warps: values.subarray(axes + 2),
  };
}

/** The reference's prior: -(0.1/i + 0.1 i) per inverse squared lengthscale, Gamma(2, 1) on the scale, Gamma(1.1, 30) on the noise. */
export const referencePrior: Prior = {
  lowestNoise: 1e-6,
  start: (axes, warps) => {
    const logs = new Float64Array(axes + 2 + 2 * warps);
    logs[axes + 1] = Math.log(1e-2);
    return logs;
  },
  logDensity: (logs, axes, gradient) => {
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
  start: (axes, warps) => {
    const logs = new Float64Array(axes + 2 + 2 * warps);
    logs.fill(-2 * lengthscale(axes).mean, 0, axes);
    logs[axes + 1] = noisePrior.mean;
    return logs;
  },
  logDensity: (logs, axes, gradient) => {
    const { mean, deviation } = lengthscale(axes);
    let sum = 0;
    // log i = -2 log lengthscale.
    for (let j = 0; j < axes; j++) sum += addNormal(logs, j, { mean: -2 * mean, deviation: 2 * deviation }, gradient);
    sum += addNormal(logs, axes, scalePrior, gradient);
    sum += addNormal(logs, axes + 1, noisePrior, gradient);
    for (let j = axes + 2; j < logs.length; j++) sum += addNormal(logs, j, warpPrior, gradient);
    return sum;
  },
};

const scalePrior: LogNormal = { mean: 0, deviation: 1 };
const noisePrior: LogNormal = { mean: -9, deviation: 3 };
const warpPrior: LogNormal = { mean: 0, deviation: 0.5 };

/** The mode of Hvarfner's density over the lengthscale itself: log l = sqrt 2 + log(d)/2 - 3; here as the median. */
function lengthscale(axes: number): LogNormal {
  return { mean: Math.SQRT2 - 2 + 0.5 * Math.log(axes), deviation: 1 };
}

function addNormal(logs: Float64Array, at: number, { mean, deviation }: LogNormal, gradient: Float64Array): number {
  const z = (logs[at]! - mean) / deviation;
  gradient[at]! -= z / deviation;
  return -0.5 * z * z;
}
