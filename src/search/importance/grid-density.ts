import { erfc } from '../../core/erf.ts';
import { logNormalMass } from '../../core/normal.ts';
import type { GridColumn } from './grid.ts';

const priorWeight = 1;

/**
 * Density of observations on a grid, from the count of each cell (at least one in total): a kernel on each occupied cell, weighted by its
 * count, and a broad prior kernel with the weight of one observation.
 */
export type GridDensity = (counts: Float64Array) => Float64Array;

export function gridDensity({ size, choices }: Pick<GridColumn, 'size' | 'choices'>): GridDensity {
  return choices ? choiceDensity(size) : numericDensity(size);
}

/**
 * Truncated normal kernels of one common width over the cells 0, 1, ... (Scott 1992, "Multivariate density estimation", with
 * the smaller of the standard deviation and the quartile distance), wide enough that at most 90 % lie within a cell.
 */
function numericDensity(size: number): GridDensity {
  const prior = broadNormal(size);
  return (counts) => {
    const { sigma, total } = scottWidth(counts);
    const masses = cellMasses(size, sigma);
    const reach = masses.length - 1;
    const within = cumulative(masses);
    const density = prior.map((mass) => (priorWeight * mass) / (total + priorWeight));
    for (let centre = 0; centre < size; centre++) {
      if (counts[centre] === 0) continue;
      const inside = within[Math.min(centre, reach)]! + within[Math.min(size - 1 - centre, reach)]! - masses[0]!;
      const weight = counts[centre]! / (total + priorWeight) / inside;
      const [from, to] = [Math.max(centre - reach, 0), Math.min(centre + reach, size - 1)];
      for (let cell = from; cell < centre; cell++) density[cell]! += weight * masses[centre - cell]!;
      for (let cell = centre; cell <= to; cell++) density[cell]! += weight * masses[cell - centre]!;
    }
    return density;
  };
}

/** Kernels over n choices: probability ([c = observed] + a) / (1 + n a) with a = prior weight / kernels; the prior is uniform. */
function choiceDensity(size: number): GridDensity {
  return (counts) => {
    let total = 0;
    let occupied = 0;
    for (const count of counts) {
      total += count;
      if (count > 0) occupied++;
    }
    const spread = priorWeight / (occupied + 1);
    return counts.map((count) => ((count + total * spread) / (1 + size * spread) + priorWeight / size) / (total + priorWeight));
  };
}

function scottWidth(counts: Float64Array): { readonly sigma: number; readonly total: number } {
  const size = counts.length;
  let total = 0;
  let sum = 0;
  for (let cell = 0; cell < size; cell++) {
    total += counts[cell]!;
    sum += counts[cell]! * cell;
  }
  const mean = sum / total;
  let squares = 0;
  for (let cell = 0; cell < size; cell++) squares += counts[cell]! * (cell - mean) ** 2;
  const deviation = Math.sqrt(squares / Math.max(1, total - 1));
  const sigma = 1.059 * Math.min(quartileDistance(counts, total) / 1.34, deviation) * total ** -0.2;
  return { sigma: Math.max(sigma, 0.5 / 1.64), total };
}

/** Distance from the first occupied cell that covers a quarter of the observations to the first that exceeds three quarters (both rounded down). */
function quartileDistance(counts: Float64Array, total: number): number {
  const [quarter, quarters] = [Math.floor(total / 4), Math.floor((total * 3) / 4)];
  let [lower, cell, sum] = [-1, -1, 0];
  while (sum <= quarters) {
    cell++;
    sum += counts[cell]!;
    if (lower < 0 && counts[cell]! > 0 && sum >= quarter) lower = cell;
  }
  return cell - lower;
}

/** Mass of a normal's cells by distance from its centre, up to where it vanishes beside the prior kernel in double precision. */
function cellMasses(size: number, sigma: number): Float64Array {
  const masses = new Float64Array(size);
  let above = upperTail(-0.5 / sigma);
  let distance = 0;
  while (distance < size && above > 1e-20) {
    const beyond = upperTail((distance + 0.5) / sigma);
    masses[distance++] = above - beyond;
    above = beyond;
  }
  return masses.subarray(0, distance);
}

function upperTail(z: number): number {
  return 0.5 * erfc(z * Math.SQRT1_2);
}

function cumulative(values: Float64Array): Float64Array {
  const sums = values.slice();
  for (let i = 1; i < sums.length; i++) sums[i]! += sums[i - 1]!;
  return sums;
}

/** Prior kernel: centred on the grid, with the grid's width as its standard deviation. */
function broadNormal(size: number): Float64Array {
  const z = (edge: number): number => (edge - size / 2) / size;
  const inside = logNormalMass(z(0), z(size));
  return Float64Array.from({ length: size }, (_, cell) => Math.exp(logNormalMass(z(cell), z(cell + 1)) - inside));
}
