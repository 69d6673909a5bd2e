import type { Curve, Direction } from '../../trial/history.ts';
import { winsorizedMean } from './winsorized-mean.ts';

/** Number of grid points, evenly spaced over a full trial, at which curves are compared. */
export const gridPoints = 20;
/** A level is the mean over this last share of the elapsed time. */
const window = 0.2;

/** First and last step of a full trial. */
export interface Horizon {
  readonly first: number;
  readonly last: number;
}

/** Index of the last grid point that a step has reached; -1 before the first. */
export function gridPointAt(step: number, { first, last }: Horizon): number {
  return Math.min(Math.floor((gridPoints * (step - first + 1)) / (last - first + 1) + 1e-9), gridPoints) - 1;
}

/**
 * Smoothed losses (smaller is better) at the grid points 0 to `until`: each is the winsorized mean of the reports in the last fifth of
 * the elapsed time, or the last report before if there is none (before the first report, that one). Steps may be spaced unevenly;
 * values that are not finite are left out. NaN if no finite value was reported.
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

/** Sorts by step and turns values into losses, so that both directions are treated alike. */
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
