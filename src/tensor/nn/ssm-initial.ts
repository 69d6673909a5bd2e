import type { Parameter } from './parameters.ts';

const [smallestStep, largestStep, lowestStep] = [0.001, 0.1, 1e-4];

/** The x of which softplus is `y`: y + log(1 - exp(-y)), in the form that stays exact for small y. */
export function inverseSoftplus(y: number): number {
  return y + Math.log(-Math.expm1(-y));
}

/** Biases whose softplus is a step size drawn log-uniformly from [.001, .1] (Gu & Dao 2023, arXiv 2312.00752, section 3.6). */
export const stepBias: Parameter['initial'] = (rng, size) => {
  const span = Math.log(largestStep) - Math.log(smallestStep);
  const draw = () => Math.max(Math.exp(rng.uniform() * span + Math.log(smallestStep)), lowestStep);
  return Float32Array.from({ length: size }, () => inverseSoftplus(draw()));
};
