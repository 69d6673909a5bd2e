import type { Rng } from '../../../core/rng.ts';
import { fitValue } from '../../space/leaf.ts';
import type { LeafParam } from '../../space/param.ts';

/**
 * Draws an internal value uniformly: on the log scale for log parameters; a stepped parameter's range is first widened by half a step on
 * both sides, so that its end points are as likely as the others.
 */
export function drawUniform(param: LeafParam, rng: Rng): number {
  if (param.type === 'choice') return rng.int(param.choices.length);
  const { low, high, log, step } = param;
  if (low === high) return low;
  const half = (step ?? 0) / 2;
  const u = rng.uniform();
  if (!log) return fitValue(param, low - half + u * (high - low + 2 * half));
  const from = Math.log(low - half);
  const to = Math.log(high + half);
  return fitValue(param, Math.exp(from + u * (to - from)));
}
