import type { Update } from '../../graph/graph.ts';
import { add, constant, cos, max, min, mul, sliceVector, state, sub } from '../../graph/ops/index.ts';
import type { Tensor } from '../../graph/tensor.ts';

export const schedules = ['constant', 'linear', 'cosine'] as const;

export interface LearningRateSettings {
  readonly learningRate: number;
  /** How the rate decays: not at all, linearly, or along half a cosine (Loshchilov & Hutter 2017, equation 5, without restarts). */
  readonly schedule: (typeof schedules)[number];
  /** Gradient steps over which the rate first rises linearly (0: none). */
  readonly warmupUpdates: number;
  /** Gradient steps, counted from the first one, after which the rate has decayed to `lastRate`. */
  readonly decayUpdates: number;
  /** Share of the rate that remains then, from 0 to 1. */
  readonly lastRate: number;
}

/**
 * Returns the rate of a gradient step as a tensor of the graph, so that checkpoints include it. A constant rate needs no
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
  /** Number of steps before this one, and including it. */
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
