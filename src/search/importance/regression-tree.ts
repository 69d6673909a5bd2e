import type { Rng } from '../../core/rng.ts';

/** A binary tree as flat arrays: the root first, every node before its children. */
export interface RegressionTree {
  /** Column that a node splits on; -1 for a leaf. */
  readonly feature: Int32Array;
  /** Values up to the threshold go left. */
  readonly threshold: Float64Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Mean of the node's targets. */
  readonly value: Float64Array;
  /** Decrease of the sum of squared errors by the node's split. */
  readonly gain: Float64Array;
}

/** Columns of equal length, each with its rows in ascending order: sorted once for all trees of a forest. */
export interface SortedColumns {
  readonly columns: readonly Float64Array[];
  readonly orders: readonly Int32Array[];
}

export function sortColumns(columns: readonly Float64Array[]): SortedColumns {
  const orders = columns.map((column) => Int32Array.from(column, (_, row) => row).sort((a, b) => column[a]! - column[b]!));
  return { columns, orders };
}

/** Values closer than this count as equal: the rule of the forests behind the published results. */
const resolution = 1e-7;

interface Split {
  readonly feature: number;
  readonly threshold: number;
  /** Number of rows, in the feature's order, that go left. */
  readonly at: number;
  readonly gain: number;
}

/**
 * Grows a regression tree until its leaves are pure (Breiman et al. 1984, "Classification and regression trees"): each split lowers the
 * squared error most; of equal splits, the one of the feature that comes first in a random order.
 * @param counts how often each row counts (0: not at all)
 */
export function growTree(sorted: SortedColumns, targets: Float64Array, counts: Uint16Array, maxDepth: number, rng: Rng): RegressionTree {
  const { columns } = sorted;
  // All orders are partitioned in the same way: a node is the same range of each of them.
  const orders = sorted.orders.map((order) => order.filter((row) => counts[row]! > 0));
  const features = columns.map((_, feature) => feature);
  const goesLeft = new Uint8Array(targets.length);
  const scratch = new Int32Array(orders[0]?.length ?? 0);
  const nodes: { feature: number; threshold: number; left: number; right: number; value: number; gain: number }[] = [];

  const bestSplit = (from: number, to: number, sum: number, count: number): Split | null => {
    shuffle(features, rng);
    let [bestFeature, bestAt, bestScore] = [-1, 0, (sum * sum) / count];
    const before = bestScore;
    for (const feature of features) {
      const order = orders[feature]!;
      const column = columns[feature]!;
      if (column[order[to - 1]!]! <= column[order[from]!]! + resolution) continue;
      let [leftSum, leftCount] = [0, 0];
      for (let i = from; i < to - 1; i++) {
        const row = order[i]!;
        leftCount += counts[row]!;
        leftSum += counts[row]! * targets[row]!;
        if (column[order[i + 1]!]! <= column[row]! + resolution) continue;
        const rightSum = sum - leftSum;
        const score = (leftSum * leftSum) / leftCount + (rightSum * rightSum) / (count - leftCount);
        if (score > bestScore || bestFeature < 0) [bestFeature, bestAt, bestScore] = [feature, i + 1, score];
      }
    }
    if (bestFeature < 0) return null;
    const [order, column] = [orders[bestFeature]!, columns[bestFeature]!];
    const [low, high] = [column[order[bestAt - 1]!]!, column[order[bestAt]!]!];
    const middle = low / 2 + high / 2;
    return { feature: bestFeature, at: bestAt, threshold: middle < high ? middle : low, gain: Math.max(bestScore - before, 0) };
  };

  const partition = (from: number, to: number, split: Split): void => {
    const chosen = orders[split.feature]!;
    for (let i = from; i < to; i++) goesLeft[chosen[i]!] = i < split.at ? 1 : 0;
    for (const order of orders) {
      if (order === chosen) continue;
      let [left, right] = [from, 0];
      for (let i = from; i < to; i++) {
        const row = order[i]!;
        if (goesLeft[row] === 1) order[left++] = row;
        else scratch[right++] = row;
      }
      order.set(scratch.subarray(0, right), left);
    }
  };

  const grow = (from: number, to: number, depth: number): number => {
    const order = orders[0]!;
    let [sum, count, smallest, largest] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = from; i < to; i++) {
      const row = order[i]!;
      sum += counts[row]! * targets[row]!;
      count += counts[row]!;
      smallest = Math.min(smallest, targets[row]!);
      largest = Math.max(largest, targets[row]!);
    }
    const node = { feature: -1, threshold: 0, left: -1, right: -1, value: sum / count, gain: 0 };
    const at = nodes.push(node) - 1;
    const split = depth < maxDepth && smallest < largest ? bestSplit(from, to, sum, count) : null;
    if (split === null) return at;
    partition(from, to, split);
    node.feature = split.feature;
    node.threshold = split.threshold;
    node.gain = split.gain;
    node.left = grow(from, split.at, depth + 1);
    node.right = grow(split.at, to, depth + 1);
    return at;
  };
  grow(0, scratch.length, 0);

  return {
    feature: Int32Array.from(nodes, ({ feature }) => feature),
    threshold: Float64Array.from(nodes, ({ threshold }) => threshold),
    left: Int32Array.from(nodes, ({ left }) => left),
    right: Int32Array.from(nodes, ({ right }) => right),
    value: Float64Array.from(nodes, ({ value }) => value),
    gain: Float64Array.from(nodes, ({ gain }) => gain),
  };
}

function shuffle(values: number[], rng: Rng): void {
  for (let i = values.length - 1; i > 0; i--) {
    const other = rng.int(i + 1);
    [values[i], values[other]] = [values[other]!, values[i]!];
  }
}
