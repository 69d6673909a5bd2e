import { add, constant, mul, state, sub } from '../../graph/ops/index.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { OptimizerStep } from './optimizer.ts';

interface SgdSettings {
  readonly rate: Tensor;
  /** Share of the last direction that is kept. */
  readonly momentum: number;
  /** The parameter vector after weight decay. */
  readonly kept: Tensor;
}

/** One step of gradient descent with momentum on a state vector: M = momentum M + g, p = p - lr M (Sutskever et al. 2013, as in torch). */
export function sgd(name: string, parameters: Tensor, gradient: Tensor, settings: SgdSettings): OptimizerStep {
  const { rate, momentum, kept } = settings;
  if (momentum === 0) {
    const value = sub(kept, mul(gradient, rate));
    return { value, updates: [{ state: parameters, value }] };
  }
  const m = state(`${name}/sgd/m`, parameters.shape);
  const nextM = add(mul(m, constant(momentum)), gradient);
  const value = sub(kept, mul(nextM, rate));
  return {
    value,
    updates: [
      { state: parameters, value },
      { state: m, value: nextM },
    ],
  };
}
