import type { Parameter } from './parameters.ts';

/** Uniform in +-1/sqrt(fanIn): what PyTorch's Linear does for kernel and bias (kaiming-uniform with a = sqrt 5). */
export function uniformFanIn(fanIn: number): Parameter['initial'] {
  const bound = 1 / Math.sqrt(fanIn);
  return (rng, size) => Float32Array.from({ length: size }, () => (2 * rng.uniform() - 1) * bound);
}

export function filledWith(value: number): Parameter['initial'] {
  return (_rng, size) => new Float32Array(size).fill(value);
}
