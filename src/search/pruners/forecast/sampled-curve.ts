import type { Curve, Direction } from '../../trial/history.ts';
import { winsorizedMean } from './winsorized-mean.ts';

/** Points in time at which curves are compared, evenly from the start to the end of a full trial. */
export const gridPoints = 20;
/** A level is the mean over this last part of the time so far. */
const window = 0.2;

/** The steps of a full trial. */
export interface Horizon {
  readonly first: number;
  readonly last: number;
}

/** The checkpoint that a step has reached, from 0; -1 before the first. */
export function gridPointAt(step: number, { first, last }: Horizon): number {
  return Math.min(Math.floor((gridPoints * (step - first + 1)) / (last - first + 1) + 1e-9), gridPoints) - 1;
}

/**
 * Smoothed losses (smaller is better) at the checkpoints from 0 to `until`: each the mean, outliers drawn in, of the reports in
 * the last fifth of the time so far, or the last report before where there is none (before the first, that one). Steps may be
 * spaced as they like; what is not finite is left out. NaN where nothing finite was reported.
 */
export function sampleCurve(curve: Curve, horizon: Horizon, direction: Direction, until: number): Float64Array {
  const length = horizon.last - horizon.first + 1;
  const { steps, losses } = inOrder(curve, direction);
  const levels = new Float64Array(until + 1);
  let [from, to] = [0, 0];
  for (let gridPoint = 0; gridPoint <= until; gridPoint++) {
    const elapsed = ((gridPoint + 1) / gridPoints) * length + 1e-9;
    while (to < steps.length && steps[to]! - horizon.first + 1 <= elapsed) to++;
    while (from < to && steps[from]! - horizon.first + 1 <= (1 - window) * elapsed) from++;
    levels[gridPoint] = to > from ? winsorizedMean(losses, from, to) : (losses[Math.max(to - 1, 0)] ?? Number.NaN);
  }
  return levels;
}

/** Steps in their order with losses, so that whatever is asymmetric in a mean is the same in both directions. */
function inOrder(
  { steps, values }: Curve,
  direction: Direction,
): { readonly steps: readonly number[]; readonly losses: readonly number[] } {
  const losses = direction === 'minimize' ? values : values.map((value) => -value);
  const sorted = steps.every((step, i) => i === 0 || step > steps[i - 1]!);
  if (sorted && values.every(Number.isFinite)) return { steps, losses };
  const order = steps.map((_, i) => i).filter((i) => Number.isFinite(values[i]!));
  order.sort((a, b) => steps[a]! - steps[b]!);
  return { steps: order.map((i) => steps[i]!), losses: order.map((i) => losses[i]!) };
}
