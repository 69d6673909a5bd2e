import type { GridColumn } from './grid.ts';
import { type GridDensity, gridDensity } from './grid-density.ts';

/** Which trials are compared: the good ones with all of the region, of which they are a part. Positions of trials. */
export interface Comparison {
  readonly target: Int32Array;
  readonly region: Int32Array;
}

/**
 * PED-ANOVA (Watanabe, Bansal and Hutter 2023, "PED-ANOVA: efficiently quantifying hyperparameter importance in arbitrary
 * subspaces"): how far the density of a parameter among the good trials is from that in the region, by Pearson's
 * divergence. A parameter that only some trials have counts by what it does where it exists, and by how much more often
 * the good ones have it.
 * @param conditionals `weighed`: a parameter that only some trials have counts with their share of the region and of the good ones, not
 *   the more the fewer there are.
 * @param local compare with where the region's trials lie; false: with the uniform distribution.
 * @returns the importance of each parameter, not normalised, given how often each trial counts (not at all, once, or more in a
 * resample); 0 for all where no good trial counts.
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
      // One trial says nothing about where the others would lie.
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
