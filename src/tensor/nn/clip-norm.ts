import { add, constant, div, min, mul, sqrt, sum } from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';

/** Scales a gradient vector to a norm of at most `largestNorm` (Pascanu et al. 2013, algorithm 1). */
export function clipNorm(gradient: Tensor, largestNorm: number): Tensor {
  const norm = sqrt(sum(mul(gradient, gradient)));
  return mul(gradient, min(constant(1), div(constant(largestNorm), add(norm, constant(1e-6)))));
}
