import { add, constant, mul } from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';

/** tau * online + (1 - tau) * target: the update of a target network (Lillicrap et al. 2015). */
export function polyak(target: Tensor, online: Tensor, tau: number): Tensor {
  return add(mul(online, constant(tau)), mul(target, constant(1 - tau)));
}
