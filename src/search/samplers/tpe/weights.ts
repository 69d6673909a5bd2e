import type { TpeOptions } from './options.ts';

/** Returns the number of good trials among n finished ones; not capped for several objectives, which need a whole front. */
export function belowCount(n: number, { gamma, release }: Pick<TpeOptions, 'gamma' | 'release'>, objectives: number): number {
  if (gamma === 'hyperopt') return Math.min(Math.ceil(0.25 * Math.sqrt(n)), 25);
  const tenth = Math.ceil(0.1 * n);
  return objectives > 1 && release === '5' ? tenth : Math.min(tenth, 25);
}

/** Relative weights of n kernels, oldest first, in addition to the prior's. */
export interface KernelWeights {
  readonly of: (kernel: number) => number;
  readonly prior: number;
  /** Sum of the weights of the kernels and the prior. */
  readonly total: number;
}

/** Returns weights of 1 for the latest 25 kernels, falling linearly to 1/n for the oldest. */
export function ageingWeights(n: number, prior: number): KernelWeights {
  const ramp = Math.max(n - 25, 0);
  const oldest = n > 0 ? 1 / n : 1;
  const rise = ramp > 1 ? (1 - oldest) / (ramp - 1) : 0;
  const older = ramp > 1 ? (ramp * (1 + oldest)) / 2 : ramp * oldest;
  return { of: (kernel) => (kernel < ramp ? oldest + kernel * rise : 1), prior, total: older + (n - ramp) + prior };
}

export function equalWeights(n: number, prior: number): KernelWeights {
  return { of: () => 1, prior, total: n + prior };
}

export function givenWeights(weights: Float64Array, prior: number): KernelWeights {
  let total = prior;
  for (const weight of weights) total += weight;
  return { of: (kernel) => weights[kernel]!, prior, total };
}
