import type { Rng } from '../../core/rng.ts';
import type { Row } from '../space/codec.ts';
import type { FlatParam } from '../space/compile.ts';
import { type Bounds, leafBoxes, marginalVariance, totalVariance } from './marginal-variance.ts';
import { growTree, type RegressionTree, sortColumns } from './regression-tree.ts';

/** Training data of a forest: one column for each number (no log scale), and one column of 0 and 1 for each choice. */
export interface ForestInput {
  readonly columns: readonly Float64Array[];
  readonly bounds: Bounds;
  /** Columns of each parameter. */
  readonly columnsOf: readonly (readonly number[])[];
}

/** @param params with a value in every row and more than one possible value */
export function forestInput(params: readonly FlatParam[], rows: readonly Row[]): ForestInput {
  const columns: Float64Array[] = [];
  const bounds: [number, number][] = [];
  const columnsOf = params.map(({ index, param }) => {
    const first = columns.length;
    if (param.type === 'choice') {
      param.choices.forEach((_, choice) => {
        columns.push(Float64Array.from(rows, (row) => (row[index] === choice ? 1 : 0)));
        bounds.push([0, 1]);
      });
    } else {
      columns.push(Float64Array.from(rows, (row) => row[index]!));
      bounds.push([param.low, param.high]);
    }
    return Array.from({ length: columns.length - first }, (_, i) => first + i);
  });
  return { columns, bounds, columnsOf };
}

/** Grows a random forest (Breiman 2001, "Random forests"): each tree on a resample of the rows, with all columns. */
export function growForest(
  { columns }: Pick<ForestInput, 'columns'>,
  targets: Float64Array,
  { trees, maxDepth }: { readonly trees: number; readonly maxDepth: number },
  rng: Rng,
): readonly RegressionTree[] {
  const sorted = sortColumns(columns);
  return Array.from({ length: trees }, () => {
    const counts = new Uint16Array(targets.length);
    for (let i = 0; i < targets.length; i++) counts[rng.int(targets.length)]!++;
    return growTree(sorted, targets, counts, maxDepth, rng);
  });
}

/** fANOVA: for each tree, the share of its variance that each parameter explains alone. Skips trees that predict one value. */
export function explainedVariance(forest: readonly RegressionTree[], { bounds, columnsOf }: ForestInput): readonly Float64Array[] {
  return forest.flatMap((tree) => {
    const boxes = leafBoxes(tree, bounds);
    const total = totalVariance(boxes);
    return total > 0 ? [Float64Array.from(columnsOf, (columns) => marginalVariance(boxes, columns) / total)] : [];
  });
}

/** Mean decrease of impurity: for each tree, the share of its gain that splits on each parameter bring. Skips trees without a split. */
export function impurityDecrease(forest: readonly RegressionTree[], { columns, columnsOf }: ForestInput): readonly Float64Array[] {
  return forest.flatMap(({ feature, gain }) => {
    const gains = new Float64Array(columns.length);
    let total = 0;
    for (let node = 0; node < feature.length; node++) {
      if (feature[node]! < 0) continue;
      gains[feature[node]!]! += gain[node]!;
      total += gain[node]!;
    }
    return total > 0 ? [Float64Array.from(columnsOf, (some) => some.reduce((sum, column) => sum + gains[column]!, 0) / total)] : [];
  });
}
