/**
 * Draws `n` of the trials, the same for the same seed. Each trial has a fixed place in a shuffled order and the first `n` are drawn, so a
 * study that grows changes few of them.
 * @returns trials in ascending order of their numbers, all if there are no more than `n`
 */
export function sampleOf(numbers: Int32Array, n: number, seed: number): Int32Array {
  if (numbers.length <= n) return numbers;
  const places = Float64Array.from(numbers, (number, i) => placeOf(number, seed) * 2 ** 21 + i);
  // Indices need 21 bits beside the 32 of the place: two million trials.
  const least = places.sort().subarray(0, n);
  return Int32Array.from(least, (place) => numbers[place % 2 ** 21]!).sort();
}

/** 32 random bits of a trial: two rounds of the finaliser of MurmurHash3 (Austin Appleby, public domain). */
function placeOf(number: number, seed: number): number {
  return mixed(mixed(seed >>> 0) ^ number);
}

function mixed(bits: number): number {
  let x = (bits + 0x9e3779b9) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
