import { nthSmallest, valuesAt } from './numbers.ts';

/**
 * Draws `n` of the trials, the same for the same seed. Each trial has a fixed place in a shuffled order and the first `n` are drawn, so a
 * study that grows changes few of them.
 * @returns trials in the order given, which is that of their numbers, all if there are no more than `n`
 */
export function sampleOf(numbers: Int32Array, n: number, seed: number): Int32Array {
  if (numbers.length <= n) return numbers;
  if (n === 0) return new Int32Array(0);
  const rest = mixed(seed >>> 0);
  // Only the first part of the order is sorted; it almost always holds enough, and is widened where it does not.
  for (let share = Math.min(1, (1.2 * n + 50) / numbers.length); ; share = Math.min(1, 2 * share)) {
    const end = share * 2 ** 32;
    const places: number[] = [];
    for (let i = 0; i < numbers.length; i++) {
      const place = mixed(rest ^ numbers[i]!);
      if (place < end) places.push(place);
    }
    if (places.length < n && share < 1) continue;
    // Each number has a place of its own.
    const last = nthSmallest(Float64Array.from(places), n - 1);
    const drawn = new Int32Array(n);
    for (let i = 0, found = 0; found < n; i++) {
      if (mixed(rest ^ numbers[i]!) > last) continue;
      drawn[found] = numbers[i]!;
      found += 1;
    }
    return drawn;
  }
}

/** 32 random bits of a number: the finaliser of MurmurHash3 (Austin Appleby, public domain), which maps each number to another one. */
function mixed(bits: number): number {
  let x = (bits + 0x9e3779b9) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * The `n` trials with the best figures; of equal ones those with the lowest numbers.
 * @param sign 1 to minimise, -1 to maximise
 * @returns ascending numbers
 */
export function bestOf(numbers: Int32Array, figure: Float64Array, sign: 1 | -1, n: number): Int32Array {
  if (numbers.length <= n) return numbers;
  if (n === 0) return new Int32Array(0);
  const losses = valuesAt(figure, numbers);
  if (sign === -1) for (let i = 0; i < losses.length; i++) losses[i] = -losses[i]!;
  const last = nthSmallest(losses.slice(), n - 1);
  let equal = n;
  for (let i = 0; i < losses.length; i++) if (losses[i]! < last) equal -= 1;
  const best = new Int32Array(n);
  let found = 0;
  for (let i = 0; found < n; i++) {
    const loss = losses[i]!;
    if (loss > last || (loss === last && equal === 0)) continue;
    if (loss === last) equal -= 1;
    best[found] = numbers[i]!;
    found += 1;
  }
  return best;
}

export function signOf(direction: 'minimize' | 'maximize'): 1 | -1 {
  return direction === 'minimize' ? 1 : -1;
}
