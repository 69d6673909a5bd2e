import type { RegressionTree } from './regression-tree.ts';

export type Bounds = readonly (readonly [low: number, high: number])[];

/** A tree as the boxes of its leaves, with their means and shares of the total volume. */
export interface LeafBoxes {
  /** Low and high end of each leaf's box, per column. */
  readonly low: readonly Float64Array[];
  readonly high: readonly Float64Array[];
  readonly value: Float64Array;
  readonly share: Float64Array;
  readonly bounds: Bounds;
}

/** @param bounds of each column, all of positive width */
export function leafBoxes(tree: RegressionTree, bounds: Bounds): LeafBoxes {
  const low: number[][] = bounds.map(() => []);
  const high: number[][] = bounds.map(() => []);
  const [value, share]: [number[], number[]] = [[], []];
  const box = bounds.map(([from, to]) => [from, to] as [number, number]);
  const visit = (node: number): void => {
    const feature = tree.feature[node]!;
    if (feature < 0) {
      box.forEach(([from, to], column) => {
        low[column]!.push(from);
        high[column]!.push(to);
      });
      value.push(tree.value[node]!);
      share.push(box.reduce((product, [from, to], column) => (product * (to - from)) / (bounds[column]![1] - bounds[column]![0]), 1));
      return;
    }
    const [from, to] = box[feature]!;
    box[feature]![1] = tree.threshold[node]!;
    visit(tree.left[node]!);
    box[feature] = [tree.threshold[node]!, to];
    visit(tree.right[node]!);
    box[feature] = [from, to];
  };
  visit(0);
  return {
    low: low.map((column) => Float64Array.from(column)),
    high: high.map((column) => Float64Array.from(column)),
    value: Float64Array.from(value),
    share: Float64Array.from(share),
    bounds,
  };
}

/** Variance of the tree's prediction under a uniform distribution over the space. */
export function totalVariance({ value, share }: LeafBoxes): number {
  const mean = value.reduce((sum, v, leaf) => sum + v * share[leaf]!, 0);
  return value.reduce((sum, v, leaf) => sum + share[leaf]! * (v - mean) ** 2, 0);
}

/**
 * Variance of the prediction after averaging out all other columns (Hutter, Hoos and Leyton-Brown 2014,
 * "An efficient approach for assessing hyperparameter importance"): the mean over the space of the squared marginal minus
 * the squared mean.
 */
export function marginalVariance(boxes: LeafBoxes, columns: readonly number[]): number {
  return columns.length === 1 ? varianceAlong(boxes, columns[0]!) : varianceOver(boxes, columns);
}

/** For one column: the marginal is piecewise constant and changes where a leaf's box begins or ends. */
function varianceAlong({ low, high, value, share, bounds }: LeafBoxes, column: number): number {
  const [from, to] = [low[column]!, high[column]!];
  const ends = Float64Array.from(new Set([...from, ...to])).sort();
  if (ends.length === 2) return 0;
  const at = new Map([...ends].map((end, i) => [end, i]));
  const changes = new Float64Array(ends.length);
  const width = bounds[column]![1] - bounds[column]![0];
  const mean = value.reduce((sum, v, leaf) => sum + v * share[leaf]!, 0);
  for (let leaf = 0; leaf < value.length; leaf++) {
    // Height of the leaf in the marginal: its share of the other columns' volume.
    const height = ((value[leaf]! - mean) * share[leaf]! * width) / (to[leaf]! - from[leaf]!);
    changes[at.get(from[leaf]!)!]! += height;
    changes[at.get(to[leaf]!)!]! -= height;
  }
  let [variance, marginal] = [0, 0];
  for (let i = 0; i + 1 < ends.length; i++) {
    marginal += changes[i]!;
    variance += (marginal ** 2 * (ends[i + 1]! - ends[i]!)) / width;
  }
  return variance;
}

/** For several columns, such as those of one choice: merges leaves with the same box in them, then adds up each overlapping pair. */
function varianceOver({ low, high, value, share, bounds }: LeafBoxes, columns: readonly number[]): number {
  const mean = value.reduce((sum, v, leaf) => sum + v * share[leaf]!, 0);
  const merged = new Map<string, { readonly leaf: number; mass: number }>();
  for (let leaf = 0; leaf < value.length; leaf++) {
    const key = columns.map((column) => `${low[column]![leaf]} ${high[column]![leaf]}`).join();
    const known = merged.get(key);
    const mass = (value[leaf]! - mean) * share[leaf]!;
    if (known === undefined) merged.set(key, { leaf, mass });
    else known.mass += mass;
  }
  const parts = [...merged.values()];
  // Share of the total volume of these columns.
  const overlap = (a: number, b: number): number =>
    columns.reduce((product, column) => {
      const [from, to] = [Math.max(low[column]![a]!, low[column]![b]!), Math.min(high[column]![a]!, high[column]![b]!)];
      return (product * Math.max(to - from, 0)) / (bounds[column]![1] - bounds[column]![0]);
    }, 1);
  const heights = parts.map(({ leaf, mass }) => mass / overlap(leaf, leaf));
  let variance = 0;
  parts.forEach(({ leaf }, i) => {
    for (let j = 0; j <= i; j++) variance += (j < i ? 2 : 1) * heights[i]! * heights[j]! * overlap(leaf, parts[j]!.leaf);
  });
  return Math.max(variance, 0);
}
