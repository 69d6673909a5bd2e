import { createRng } from '../../../core/rng.ts';

const rounds = 6;

/**
 * Returns the position of an index in a shuffled order of [0, count), without listing the order: a Feistel network over the next power of
 * four, applied until the result is below `count` ("cycle walking", Black and Rogaway 2002, "Ciphers with arbitrary finite domains").
 */
export function shuffled(index: bigint, count: bigint, seed: number): bigint {
  let bits = 0n;
  while (1n << (2n * bits) < count) bits++;
  const mask = (1n << bits) - 1n;
  const rng = createRng(`grid ${seed}`);
  const keys = Array.from({ length: rounds }, () => rng.int(2 ** 32));
  let at = index;
  do {
    let left = at >> bits;
    let right = at & mask;
    for (const key of keys) [left, right] = [right, (left + scramble(right, key, bits)) & mask];
    at = (left << bits) | right;
  } while (at >= count);
  return at;
}

/** Hashes a value and a key to at least `bits` bits, 32 at a time. */
function scramble(value: bigint, key: number, bits: bigint): bigint {
  let state = key;
  for (let rest = value; rest > 0n; rest >>= 32n) state = mix(state ^ Number(rest & 0xffff_ffffn));
  let words = 0n;
  for (let drawn = 0n; drawn < bits; drawn += 32n) {
    state = mix(state + 0x9e3779b9);
    words = (words << 32n) | BigInt(state);
  }
  return words;
}

/** The last step of MurmurHash3 (Appleby 2011). */
function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
