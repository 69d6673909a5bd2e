import { add, constant, mul, state, sub } from '../../graph/ops/index.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { OptimizerStep } from './optimizer.ts';

/** One step of gradient descent with momentum on a state vector: M = momentum M + g, p = p - lr M (Sutskever et al. 2013, as torch writes it). */
export function sgd(name: string, parameters: Tensor, gradient: Tensor, rate: Tensor, momentum: number): OptimizerStep {
  if (momentum === 0) {
    const value = sub(parameters, mul(gradient, rate));
    return { value, updates: [{ state: parameters, value }] };
  }
  const m = state(`${name}/sgd/m`, parameters.shape);
  const nextM = add(mul(m, constant(momentum)), gradient);
  const value = sub(parameters, mul(nextM, rate));
  return {
    value,
    updates: [
      { state: parameters, value },
      { state: m, value: nextM },
    ],
  };
}
