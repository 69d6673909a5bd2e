import { logNormalMass, truncatedNormalQuantile } from '../../../core/normal.ts';
import { fitValue } from '../../space/leaf.ts';
import type { FloatParam, IntParam } from '../../space/param.ts';
import { bandwidths } from './bandwidths.ts';
import type { Kernels } from './kernels.ts';
import type { TpeOptions } from './options.ts';

const logSqrtTwoPi = 0.5 * Math.log(2 * Math.PI);

export interface NumericKernels extends Kernels {
  /** On the working scale (log for log parameters); the prior last. */
  readonly mus: Float64Array;
  readonly sigmas: Float64Array;
}

/**
 * Truncated normal kernels on the working interval: the range, widened by half a step where there are steps, on the log
 * scale for log parameters. Stepped parameters take the mass of a value's cell, others the density. The density is that of
 * the logarithm for log parameters: the factor 1/x is the same for all kernels and cancels in the ratio.
 */
export function numericKernels(
  param: FloatParam | IntParam,
  observed: Float64Array,
  options: Pick<TpeOptions, 'magicClip' | 'endpoints'>,
): NumericKernels {
  const half = (param.step ?? 0) / 2;
  const scale = param.log ? Math.log : (x: number) => x;
  const [low, high] = [scale(param.low - half), scale(param.high + half)];
  const n = observed.length;

  const mus = new Float64Array(n + 1);
  mus.set(param.log ? observed.map(Math.log) : observed);
  const sigmas = new Float64Array(n + 1);
  sigmas.set(bandwidths(mus.subarray(0, n), low, high, options));
  mus[n] = (low + high) / 2;
  sigmas[n] = high - low;

  const addConstants = (logDensities: Float64Array): void => {
    const constant = param.step === null ? logSqrtTwoPi : 0;
    for (let k = 0; k <= n; k++) {
      const sigma = sigmas[k]!;
      const mass = logNormalMass((low - mus[k]!) / sigma, (high - mus[k]!) / sigma);
      logDensities[k]! -= mass + (param.step === null ? constant + Math.log(sigma) : 0);
    }
  };

  const addDensity = (x: number, logDensities: Float64Array): void => {
    const at = scale(x);
    if (at < low || at > high) {
      logDensities.fill(Number.NEGATIVE_INFINITY);
      return;
    }
    for (let k = 0; k <= n; k++) {
      const z = (at - mus[k]!) / sigmas[k]!;
      logDensities[k]! -= 0.5 * z * z;
    }
  };

  const addCellMass = (x: number, logDensities: Float64Array): void => {
    const [left, right] = [scale(x - half), scale(x + half)];
    for (let k = 0; k <= n; k++) logDensities[k]! += logNormalMass((left - mus[k]!) / sigmas[k]!, (right - mus[k]!) / sigmas[k]!);
  };

  return {
    mus,
    sigmas,
    addConstants,
    addAt: param.step === null ? addDensity : addCellMass,
    draw: (k, rng) => {
      const [mu, sigma] = [mus[k]!, sigmas[k]!];
      const x = mu + sigma * truncatedNormalQuantile(rng.uniform(), (low - mu) / sigma, (high - mu) / sigma);
      return fitValue(param, param.log ? Math.exp(x) : x);
    },
  };
}
