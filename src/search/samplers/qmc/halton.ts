import type { Rng } from '../../../core/rng.ts';

/** Radical inverse: the digits of n in reverse behind the radix point, so the lowest digit is the most significant (Halton 1960). */
export function radicalInverse(n: number, base: number): number {
  let inverse = 0;
  let weight = 1;
  for (let rest = n; rest > 0; rest = Math.floor(rest / base)) {
    weight /= base;
    inverse += (rest % base) * weight;
  }
  return inverse;
}

/**
 * The same with the digits of each place randomly permuted, zeros beyond the last digit included (Owen 2017, "A randomized Halton
 * algorithm in R").
 * @param rng must start the same for all points of a dimension.
 */
export function scrambledRadicalInverse(n: number, base: number, rng: Rng): number {
  let inverse = 0;
  let weight = 1;
  let rest = n;
  while (weight > 2 ** -53) {
    weight /= base;
    inverse += permutation(base, rng)[rest % base]! * weight;
    rest = Math.floor(rest / base);
  }
  return Math.min(inverse, 1 - 2 ** -53);
}

function permutation(size: number, rng: Rng): readonly number[] {
  const order = Array.from({ length: size }, (_, i) => i);
  for (let i = size - 1; i > 0; i--) {
    const j = rng.int(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** Returns the first `count` primes, the bases of the dimensions. */
export function firstPrimes(count: number): readonly number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate++) if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  return primes;
}
