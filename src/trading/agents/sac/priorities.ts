import type { Rng } from '../../../core/rng.ts';

/** Rows drawn in proportion to a priority each, in logarithmic time. */
export interface Priorities {
  readonly get: (row: number) => number;
  readonly set: (row: number, priority: number) => void;
  readonly total: () => number;
  /** The row whose share of [0, total) holds the point. */
  readonly at: (point: number) => number;
}

/** A binary tree of sums over `rows` leaves, all 0 (Schaul et al. 2016, arXiv 1511.05952, appendix B.2.1). A sum depends on its leaves alone. */
export function createPriorities(rows: number): Priorities {
  const leaves = 2 ** Math.ceil(Math.log2(Math.max(rows, 2)));
  const sums = new Float64Array(2 * leaves);
  return {
    get: (row) => sums[leaves + row]!,
    set: (row, priority) => {
      sums[leaves + row] = priority;
      for (let node = (leaves + row) >> 1; node > 0; node >>= 1) sums[node] = sums[2 * node]! + sums[2 * node + 1]!;
    },
    total: () => sums[1]!,
    at: (point) => {
      let node = 1;
      let left = point;
      while (node < leaves) {
        const first = sums[2 * node]!;
        // Rounding may leave a point beyond the last share: never descend into an empty branch.
        const right = left >= first && sums[2 * node + 1]! > 0;
        if (right) left -= first;
        node = 2 * node + Number(right);
      }
      return node - leaves;
    },
  };
}

/** Draws `count` rows, one from each of n equal shares of the total. */
export function drawRows({ total, at }: Priorities, count: number, rng: Rng, into: Int32Array): void {
  const share = total() / count;
  for (let i = 0; i < count; i++) into[i] = at((i + rng.uniform()) * share);
}

/**
 * (rows p / total)^-correction of each drawn row, over the largest of them: the importance weights that remove the bias of the draw from a
 * loss.
 */
export function correctingWeights(priorities: Priorities, rows: Int32Array, held: number, correction: number, into: Float32Array): void {
  let largest = 0;
  const raw = Array.from(rows, (row) => ((held * priorities.get(row)) / priorities.total()) ** -correction);
  for (const weight of raw) largest = Math.max(largest, weight);
  for (const [i, weight] of raw.entries()) into[i] = weight / largest;
}
