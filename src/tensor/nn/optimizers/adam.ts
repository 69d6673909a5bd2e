import type { Update } from '../../graph/graph.ts';
import { add, constant, div, mul, sliceVector, sqrt, state, sub } from '../../graph/ops/index.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { OptimizerStep } from './optimizer.ts';

const beta1 = 0.9;
const beta2 = 0.999;

/** The bias corrections 1 - beta^t of one step, shared by all vectors that step together. */
export interface AdamClock {
  readonly correction1: Tensor;
  readonly correction2: Tensor;
  readonly update: Update;
}

/**
 * c = 1 - beta^t is the moving average of a constant 1, so it needs no power and, in float32, loses no digits to a difference
 * of two numbers near 1.
 */
export function adamClock(name: string): AdamClock {
  const before = state(name, [2]);
  const after = add(mul(before, constant([beta1, beta2])), constant([1 - beta1, 1 - beta2]));
  return { correction1: sliceVector(after, 0, []), correction2: sliceVector(after, 1, []), update: { state: before, value: after } };
}

interface AdamSettings {
  readonly rate: Tensor;
  readonly clock: AdamClock;
  readonly epsilon: number;
  /** The parameter vector after weight decay. */
  readonly kept: Tensor;
}

/**
 * One step of Adam (Kingma & Ba 2015, algorithm 1, with eps outside the root of the corrected second moment) on a state vector. The
 * two moments are stored undivided by (1 - beta), which saves three passes over the vector:
 *   M = beta1 M + g,  V = beta2 V + g^2,  r = sqrt(c2 / (1 - beta2)),  p = p - lr (1 - beta1) / c1 * r * M / (sqrt V + eps r).
 */
export function adam(name: string, parameters: Tensor, gradient: Tensor, settings: AdamSettings): OptimizerStep {
  const { clock, epsilon, kept } = settings;
  const m = state(`${name}/adam/m`, parameters.shape);
  const v = state(`${name}/adam/v`, parameters.shape);
  const nextM = add(mul(m, constant(beta1)), gradient);
  const nextV = add(mul(v, constant(beta2)), mul(gradient, gradient));
  const root = sqrt(mul(clock.correction2, constant(1 / (1 - beta2))));
  const rate = div(mul(root, mul(settings.rate, constant(1 - beta1))), clock.correction1);
  const direction = div(nextM, add(sqrt(nextV), mul(root, constant(epsilon))));
  const value = sub(kept, mul(direction, rate));
  return {
    value,
    updates: [
      { state: parameters, value },
      { state: m, value: nextM },
      { state: v, value: nextV },
    ],
  };
}
