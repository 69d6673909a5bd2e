import type { Update } from '../../graph/graph.ts';
import { add, constant, cos, max, min, mul, sliceVector, state, sub } from '../../graph/ops/index.ts';
import type { Tensor } from '../../graph/tensor.ts';

export const schedules = ['constant', 'linear', 'cosine'] as const;

export interface LearningRateSettings {
  readonly learningRate: number;
  /** How the rate falls: not at all, along a line, or along half a cosine (Loshchilov & Hutter 2017, equation 5, without restarts). */
  readonly schedule: (typeof schedules)[number];
  /** Gradient steps over which the rate first rises in equal steps; 0: it starts whole. */
  readonly warmupUpdates: number;
  /** Gradient steps, from the first one on, after which the rate has fallen to its last share. */
  readonly decayUpdates: number;
  /** What is left of the rate then, from 0 to 1. */
  readonly lastRate: number;
}

/**
 * The rate of this gradient step as part of the graph, so that it is kept and restored with everything else. A constant rate needs no
 * state. float32 counts steps exactly up to 16,777,216.
 */
export function scheduledRate(
  name: string,
  settings: LearningRateSettings,
): { readonly rate: Tensor; readonly updates: readonly Update[] } {
  const { learningRate, schedule, warmupUpdates, decayUpdates, lastRate } = settings;
  if (schedule === 'constant' && warmupUpdates === 0) return { rate: constant(learningRate), updates: [] };
  const before = state(name, [1]);
  const after = add(before, constant(1));
  /** Steps done before this one, and with it. */
  const [past, count] = [sliceVector(before, 0, []), sliceVector(after, 0, [])];
  let share: Tensor = constant(1);
  if (schedule !== 'constant') {
    const progress = min(constant(1), mul(past, constant(1 / decayUpdates)));
    const left =
      schedule === 'linear' ? sub(constant(1), progress) : mul(add(cos(mul(progress, constant(Math.PI))), constant(1)), constant(1 / 2));
    share = add(constant(lastRate), mul(max(left, constant(0)), constant(1 - lastRate)));
  }
  if (warmupUpdates > 0) share = mul(share, min(constant(1), mul(count, constant(1 / warmupUpdates))));
  return { rate: mul(share, constant(learningRate)), updates: [{ state: before, value: after }] };
}
