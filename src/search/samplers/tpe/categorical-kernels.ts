import type { Kernels } from './kernels.ts';

/**
 * Kernels over n choices: probability ([c = observed] + a) / (1 + n a) with a = priorWeight / kernels; the prior is uniform.
 * @param observed positions of the observed choices.
 */
export function categoricalKernels(choices: number, observed: Float64Array, priorWeight: number): Kernels {
  const spread = priorWeight / (observed.length + 1);
  const logOther = Math.log(spread / (1 + choices * spread));
  const logSame = Math.log((1 + spread) / (1 + choices * spread));
  const logUniform = -Math.log(choices);
  const chance = spread === 0 ? 0 : (choices * spread) / (1 + choices * spread);
  return {
    addConstants: (logDensities) => {
      for (let k = 0; k < observed.length; k++) logDensities[k]! += logOther;
      logDensities[observed.length]! += logUniform;
    },
    addAt: (x, logDensities) => {
      const gain = logSame - logOther;
      for (let k = 0; k < observed.length; k++) if (observed[k] === x) logDensities[k]! += gain;
    },
    // A kernel is its observation with probability 1 / (1 + n a), and uniform otherwise.
    draw: (k, rng) => (k < observed.length && rng.uniform() >= chance ? observed[k]! : rng.int(choices)),
  };
}
