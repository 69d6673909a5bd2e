import type { GridColumn } from './grid.ts';
import { type GridDensity, gridDensity } from './grid-density.ts';

/** Positions of the compared trials: the good ones, and the region that contains them. */
export interface Comparison {
  readonly target: Int32Array;
  readonly region: Int32Array;
}

/**
 * PED-ANOVA (Watanabe, Bansal and Hutter 2023, "PED-ANOVA: efficiently quantifying hyperparameter importance in arbitrary
 * subspaces"): Pearson's divergence between the density of a parameter among the good trials and that in the region. A parameter that only
 * some trials have counts by its effect where it exists, and by how much more often the good trials have it.
 * @param conditionals `weighed`: weights a parameter that only some trials have by their share of the region and of the good trials
 * @param local true: compares with the density of the region's trials; false: with the uniform distribution
 * @returns a function from the count of each trial (0, 1, or more in a resample) to the importance of each parameter, not normalised; all
 * 0 if no good trial counts
 */
export function createPedAnova(
  columns: readonly GridColumn[],
  { target, region }: Comparison,
  local: boolean,
  conditionals: 'weighed' | 'plain',
): (counts: Uint16Array) => Float64Array {
  const densities = columns.map(gridDensity);
  return (counts) => {
    const [targets, regions] = [countTrials(target, counts), countTrials(region, counts)];
    return Float64Array.from(columns, (column, i) => {
      if (column.size < 2) return 0;
      const [inTarget, inRegion] = [countCells(column, target, counts), countCells(column, region, counts)];
      const [having, regionHaving] = [sumOf(inTarget), sumOf(inRegion)];
      // A single trial gives no density.
      if (having === 0 || regionHaving < 2) return 0;
      const [alpha, beta] = [having / targets, regionHaving / regions];
      const share = conditionals === 'weighed' ? alpha ** 2 * beta : alpha ** 2 / beta;
      return (targets / regions) ** 2 * share * divergence(densities[i]!, inTarget, local ? inRegion : null);
    });
  };
}

function divergence(density: GridDensity, inTarget: Float64Array, inRegion: Float64Array | null): number {
  const good = density(inTarget);
  const all = inRegion === null ? null : density(inRegion);
  let sum = 0;
  for (let cell = 0; cell < good.length; cell++) {
    const expected = all === null ? 1 / good.length : all[cell]! + 1e-12;
    sum += expected * ((good[cell]! + 1e-12) / expected - 1) ** 2;
  }
  return sum;
}

function countCells({ cells, size }: GridColumn, trials: Int32Array, counts: Uint16Array): Float64Array {
  const held = new Float64Array(size);
  for (let i = 0; i < trials.length; i++) {
    const trial = trials[i]!;
    if (cells[trial]! >= 0) held[cells[trial]!]! += counts[trial]!;
  }
  return held;
}

function countTrials(trials: Int32Array, counts: Uint16Array): number {
  let sum = 0;
  for (let i = 0; i < trials.length; i++) sum += counts[trials[i]!]!;
  return sum;
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}
