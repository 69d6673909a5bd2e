import type { Rng } from '../../core/rng.ts';
import type { Row } from '../space/codec.ts';
import type { FlatParam } from '../space/compile.ts';
import { type Bounds, leafBoxes, marginalVariance, totalVariance } from './marginal-variance.ts';
import { growTree, type RegressionTree, sortColumns } from './regression-tree.ts';

/** What a forest learns from: columns for numbers as they are (no log scale), and one column of 0 and 1 for each choice. */
export interface ForestInput {
  readonly columns: readonly Float64Array[];
  readonly bounds: Bounds;
  /** Which columns are a parameter's. */
  readonly columnsOf: readonly (readonly number[])[];
}

/** @param params that every row has a value of, none of them single-valued. */
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

/** A random forest (Breiman 2001, "Random forests"): trees that each saw a resample of the rows, and all columns. */
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

/** fANOVA: for each tree, the share of its variance that each parameter explains alone. Trees that predict one value are left out. */
export function explainedVariance(forest: readonly RegressionTree[], { bounds, columnsOf }: ForestInput): readonly Float64Array[] {
  return forest.flatMap((tree) => {
    const boxes = leafBoxes(tree, bounds);
    const total = totalVariance(boxes);
    return total > 0 ? [Float64Array.from(columnsOf, (columns) => marginalVariance(boxes, columns) / total)] : [];
  });
}

/** Mean decrease of impurity: for each tree, the share of all its gain that the splits on each parameter bring. Trees without a split are left out. */
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
