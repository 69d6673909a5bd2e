import type { Curve } from '../trial/history.ts';
import { lastIndex } from './curve.ts';

export interface CheckInterval {
  /** Never judge before this step. */
  readonly warmupSteps: number;
  /** Judge at the first report at or after every so many steps from the warm-up on. */
  readonly intervalSteps: number;
}

/** The step that a verdict is due for, or null: still warming up, or already judged in this interval. */
export function dueStep(curve: Curve, { warmupSteps, intervalSteps }: CheckInterval): number | null {
  const last = lastIndex(curve);
  if (last < 0) return null;
  const step = curve.steps[last]!;
  if (step < warmupSteps) return null;
  const dueAt = Math.floor((step - warmupSteps) / intervalSteps) * intervalSteps + warmupSteps;
  let previous = -1;
  for (const other of curve.steps) if (other !== step && other > previous) previous = other;
  return previous < dueAt ? step : null;
}
