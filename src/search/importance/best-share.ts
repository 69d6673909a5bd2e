import { bestSubset } from '../objectives/best-subset.ts';
import type { Losses } from '../objectives/pareto.ts';

/**
 * Returns the positions of the best `share` of the trials. One objective: all that are no worse than the last of them, ties included.
 * Several: by fronts, then by dominated volume.
 */
export function bestShare(losses: readonly Losses[], share: number): Int32Array {
  const all = Int32Array.from(losses, (_, i) => i);
  if (share === 1 || losses.length === 0) return all;
  const count = Math.ceil(share * losses.length);
  if (losses[0]!.length > 1) return Int32Array.from(bestSubset(losses, count));
  const single = Float64Array.from(losses, ([loss]) => loss!);
  const worst = single.slice().sort()[count - 1]!;
  return all.filter((i) => single[i]! <= worst);
}
