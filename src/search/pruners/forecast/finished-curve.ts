import type { Direction } from '../../trial/history.ts';
import type { PeerCurve } from '../pruner.ts';
import { gridPoints, type Horizon, sampleCurve } from './sampled-curve.ts';

/** Cached properties of a complete trial's curve, which does not change any more. */
interface Known extends Horizon {
  sampled: { readonly horizon: Horizon; readonly direction: Direction; readonly levels: Float64Array } | null;
}

const known = new WeakMap<PeerCurve, Known>();

function knownOf(curve: PeerCurve): Known {
  const before = known.get(curve);
  if (before !== undefined) return before;
  const entry: Known = { first: Math.min(...curve.steps), last: Math.max(...curve.steps), sampled: null };
  known.set(curve, entry);
  return entry;
}

/** The range from the smallest first step to the largest last step of these trials. */
export function horizonOf(complete: readonly PeerCurve[]): Horizon {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const curve of complete) {
    const { first, last } = knownOf(curve);
    from = Math.min(from, first);
    to = Math.max(to, last);
  }
  return { first: from, last: to };
}

/** Smoothed losses at all grid points, see {@link sampleCurve}. */
export function sampleComplete(curve: PeerCurve, horizon: Horizon, direction: Direction): Float64Array {
  const entry = knownOf(curve);
  const { sampled } = entry;
  if (
    sampled !== null &&
    sampled.direction === direction &&
    sampled.horizon.first === horizon.first &&
    sampled.horizon.last === horizon.last
  )
    return sampled.levels;
  const levels = sampleCurve(curve, horizon, direction, gridPoints - 1);
  entry.sampled = { horizon, direction, levels };
  return levels;
}
