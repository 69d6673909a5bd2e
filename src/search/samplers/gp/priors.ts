import type { ParameterLayout } from './hyperparameters.ts';

/** Log density of the logarithms of the hyperparameters, up to a constant; its gradient is added to the one given. */
export interface Prior {
  readonly logDensity: (logs: Float64Array, layout: ParameterLayout, gradient: Float64Array) => number;
  /** Starts of a fit from scratch. */
  readonly starts: (layout: ParameterLayout) => readonly Float64Array[];
  readonly lowestNoise: number;
}

/** The reference's prior: -(0.1/i + 0.1 i) per inverse squared lengthscale, Gamma(2, 1) on the scale, Gamma(1.1, 30) on the noise. */
export const referencePrior: Prior = {
  lowestNoise: 1e-6,
  starts: ({ size, noise }) => [new Float64Array(size).fill(Math.log(1e-2), noise, noise + 1)],
  logDensity: (logs, { axes, scale, noise, additive, additiveScale, size }, gradient) => {
    let sum = 0;
    const lengthscale = (at: number): void => {
      const value = Math.exp(logs[at]!);
      sum -= 0.1 / value + 0.1 * value;
      gradient[at]! += 0.1 / value - 0.1 * value;
    };
    const variance = (at: number): void => {
      const value = Math.exp(logs[at]!);
      gradient[at]! += 1 - value;
      sum += logs[at]! - value;
    };
    for (let j = 0; j < axes; j++) lengthscale(j);
    variance(scale);
    const noisy = Math.exp(logs[noise]!);
    gradient[noise]! += 0.1 - 30 * noisy;
    sum += 0.1 * logs[noise]! - 30 * noisy;
    if (size === additive) return sum;
    for (let j = additive; j < additiveScale; j++) lengthscale(j);
    variance(additiveScale);
    return sum;
  },
};

interface LogNormal {
  readonly mean: number;
  readonly deviation: number;
}

const scalePrior: LogNormal = { mean: 0, deviation: 1 };
const noisePrior: LogNormal = { mean: -9, deviation: 3 };
/** Second start of a fit: a seventh of the variance is noise. From little noise alone a fit explains noise by short lengthscales. */
const muchNoise = -2;
/** Of a study that is mostly luck: half of the variance is noise. */
const mostlyNoise: LogNormal = { mean: -0.7, deviation: 1 };
const warpPrior: LogNormal = { mean: 0, deviation: 0.5 };
/** Priors of the variance of the sum of functions of one axis each, and of their lengthscales. */
const sumPrior: LogNormal = { mean: Math.log(0.3), deviation: 1.5 };
const ownLengthscale: LogNormal = { mean: Math.log(0.3), deviation: 1 };

/**
 * Lengthscales grow with the square root of the dimension (Hvarfner et al. 2024, "Vanilla Bayesian optimization performs great in high
 * dimensions"), warps are near the identity. The functions of one axis have shorter lengthscales and a smaller variance a priori.
 * @param noiseStarts logarithms of the noise that fits start from.
 */
function dimensionPriorWith(noiseOf: LogNormal, noiseStarts: readonly number[]): Prior {
  return {
    lowestNoise: 1e-7,
    starts: ({ axes, scale, noise, additive, additiveScale, size }) => {
      const logs = new Float64Array(size).fill(-2 * lengthscale(axes).mean, 0, axes);
      logs[scale] = scalePrior.mean;
      if (additive < size) {
        logs.fill(-2 * ownLengthscale.mean, additive, additiveScale);
        logs[additiveScale] = sumPrior.mean;
      }
      return noiseStarts.map((start) => logs.with(noise, start));
    },
    logDensity: (logs, { axes, scale, noise, warps, additive, additiveScale, size }, gradient) => {
      let sum = addLengthscales(logs, 0, axes, lengthscale(axes), gradient);
      sum += addNormal(logs, scale, scalePrior, gradient);
      sum += addNormal(logs, noise, noiseOf, gradient);
      for (let j = warps; j < additive; j++) sum += addNormal(logs, j, warpPrior, gradient);
      if (size === additive) return sum;
      sum += addLengthscales(logs, additive, additiveScale, ownLengthscale, gradient);
      return sum + addNormal(logs, additiveScale, sumPrior, gradient);
    },
  };
}

/** Noise is small a priori, but fits start from much of it as well. */
export const dimensionPrior: Prior = dimensionPriorWith(noisePrior, [noisePrior.mean, muchNoise]);

/** The same where much of what trials show is noise. */
export const noisyDimensionPrior: Prior = dimensionPriorWith(mostlyNoise, [mostlyNoise.mean]);

/** Log-normal with the square root of the dimension as its unit; the median lies between the mode and the median of Hvarfner et al. */
function lengthscale(axes: number): LogNormal {
  return { mean: Math.SQRT2 - 2 + 0.5 * Math.log(axes), deviation: 1 };
}

/** Log density of the logarithms of 1 / lengthscale^2. */
function addLengthscales(logs: Float64Array, from: number, to: number, { mean, deviation }: LogNormal, gradient: Float64Array): number {
  let sum = 0;
  for (let j = from; j < to; j++) sum += addNormal(logs, j, { mean: -2 * mean, deviation: 2 * deviation }, gradient);
  return sum;
}

function addNormal(logs: Float64Array, at: number, { mean, deviation }: LogNormal, gradient: Float64Array): number {
  const z = (logs[at]! - mean) / deviation;
  gradient[at]! -= z / deviation;
  return -0.5 * z * z;
}
