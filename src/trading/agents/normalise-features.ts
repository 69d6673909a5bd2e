import { constant, div, max, min, sub } from '../../tensor/graph/ops/index.ts';
import type { Tensor } from '../../tensor/graph/tensor.ts';
import type { Normalisation } from './agent.ts';

/**
 * Normalises raw features, [rows, columns], as in the agent's training. The mean is subtracted in two float32 parts, the rounded mean and
 * its rounding error, so that features close together and far from 0 keep their digits.
 */
export function normaliseFeatures(raw: Tensor, { mean, scale, limit }: Normalisation): Tensor {
  const near = Array.from(mean, Math.fround);
  const missed = near.map((value, column) => mean[column]! - value);
  const scores = div(sub(sub(raw, constant(near)), constant(missed)), constant(Array.from(scale)));
  if (limit === undefined) return scores;
  const most = Array.from(limit);
  return max(min(scores, constant(most)), constant(most.map((value) => -value)));
}
