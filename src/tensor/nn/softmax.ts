import { add, div, exp, largest, log, reshape, stopGradient, sub, sum } from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';

/** exp(x) over its sum along the last axis. The largest element is taken off first, so that nothing overflows. */
export function softmax(x: Tensor): Tensor {
  const powers = exp(sub(x, stopGradient(largest(x, -1))));
  return div(powers, totals(powers));
}

/** The logarithm of {@link softmax}, exact where a probability underflows. */
export function logSoftmax(x: Tensor): Tensor {
  const top = stopGradient(largest(x, -1));
  return sub(x, add(top, log(totals(exp(sub(x, top))))));
}

function totals(x: Tensor): Tensor {
  return reshape(sum(x, [-1]), [...x.shape.slice(0, -1), 1]);
}
