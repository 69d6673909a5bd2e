import { add, div, exp, log, mul, reduceMax, reshape, stopGradient, sub, sum } from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';

/**
 * exp(x) over its sum along the last axis. Subtracts the largest element first, so that nothing overflows. Elements become exactly 0
 * where `counts` is 0 instead of 1; x should be far below the others there.
 */
export function softmax(x: Tensor, counts?: Tensor): Tensor {
  const powers = exp(sub(x, stopGradient(reduceMax(x, -1))));
  const counted = counts === undefined ? powers : mul(powers, counts);
  return div(counted, totals(counted));
}

/** The logarithm of {@link softmax}, exact where a probability underflows. */
export function logSoftmax(x: Tensor): Tensor {
  const top = stopGradient(reduceMax(x, -1));
  return sub(x, add(top, log(totals(exp(sub(x, top))))));
}

function totals(x: Tensor): Tensor {
  return reshape(sum(x, [-1]), [...x.shape.slice(0, -1), 1]);
}
