import type { Rng } from '../../../core/rng.ts';

/**
 * Simulated binary crossover of two places in [0, 1] (Deb and Agrawal 1995), bounded as in Deb's own implementation: the distance to a
 * parent, as a share of the parents' distance, is distributed as in one-point crossover of binary numbers.
 */
export function recombine(a: number, b: number, index: number, rng: Rng): number {
  const low = Math.min(a, b);
  const high = Math.max(a, b);
  const gap = high - low;
  if (gap < 1e-14) return a;
  const below = rng.uniform() < 0.5;
  const beta = 1 + (2 * (below ? low : 1 - high)) / gap;
  const alpha = 2 - beta ** -(index + 1);
  const u = rng.uniform() * alpha;
  const spread = (u <= 1 ? u : 1 / (2 - u)) ** (1 / (index + 1));
  const child = 0.5 * (low + high + (below ? -1 : 1) * spread * gap);
  return Math.min(Math.max(child, 0), 1);
}

/** Polynomial mutation of a place in [0, 1] (Deb and Goyal 1996). */
export function mutate(place: number, index: number, rng: Rng): number {
  const u = rng.uniform();
  const power = index + 1;
  const shift =
    u < 0.5
      ? (2 * u + (1 - 2 * u) * (1 - place) ** power) ** (1 / power) - 1
      : 1 - (2 * (1 - u) + (2 * u - 1) * place ** power) ** (1 / power);
  return Math.min(Math.max(place + shift, 0), 1);
}
