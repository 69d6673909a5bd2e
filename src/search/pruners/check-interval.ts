import type { Curve } from '../trial/history.ts';
import { lastIndex } from './curve.ts';

export interface CheckInterval {
  /** No decision before this step. */
  readonly warmupSteps: number;
  /** Number of steps between decisions after the warm-up; each falls on the first report at or after its step. */
  readonly intervalSteps: number;
}

/** The step at which a decision is due (null during the warm-up, or if this interval already had its decision). */
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
