import type { Rng } from '../../../core/rng.ts';
import type { FlatParam } from '../../space/compile.ts';
import { categoricalKernels } from './categorical-kernels.ts';
import type { Kernels } from './kernels.ts';
import { numericKernels } from './numeric-kernels.ts';
import type { TpeOptions } from './options.ts';
import { kernelWeights } from './weights.ts';

/** A Parzen estimator over one or more parameters: a weighted sum of products of kernels. */
export interface Mixture {
  /** Of the kernels, oldest observation first, the prior last; they sum to 1. */
  readonly weights: Float64Array;
  /** One per parameter. */
  readonly dimensions: readonly Kernels[];
  /** One internal value per parameter. */
  readonly draw: (rng: Rng) => Float64Array;
  /** The log density at one internal value per parameter; -Infinity where no kernel reaches. */
  readonly logDensity: (point: Float64Array) => number;
}

/**
 * @param params the parameters modelled jointly.
 * @param columns observed internal values per parameter, oldest first, all of the same length.
 * @param ageing whether old observations weigh less.
 */
export function createMixture(
  params: readonly FlatParam[],
  columns: readonly Float64Array[],
  options: Pick<TpeOptions, 'priorWeight' | 'magicClip' | 'endpoints'>,
  ageing = true,
): Mixture {
  const weights = kernelWeights(columns[0]?.length ?? 0, options.priorWeight, ageing);
  const dimensions = params.map(({ param }, i): Kernels => {
    const observed = columns[i]!;
    return param.type === 'choice'
      ? categoricalKernels(param.choices.length, observed, options.priorWeight)
      : numericKernels(param, observed, options);
  });
  const constants = weights.map(Math.log);
  for (const { addConstants } of dimensions) addConstants(constants);
  const scratch = new Float64Array(weights.length);

  return {
    weights,
    dimensions,
    draw: (rng) => {
      const k = pick(weights, rng.uniform());
      return Float64Array.from(dimensions, (kernels) => kernels.draw(k, rng));
    },
    logDensity: (point) => {
      scratch.set(constants);
      for (let i = 0; i < dimensions.length; i++) dimensions[i]!.addAt(point[i]!, scratch);
      return logSumExp(scratch);
    },
  };
}

/** The index that u in (0, 1) falls on when the weights are laid side by side. */
function pick(weights: Float64Array, u: number): number {
  let sum = 0;
  for (let k = 0; k < weights.length; k++) {
    sum += weights[k]!;
    if (u < sum) return k;
  }
  return weights.length - 1;
}

function logSumExp(values: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) if (values[i]! > largest) largest = values[i]!;
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.exp(values[i]! - largest);
  return largest + Math.log(sum);
}
