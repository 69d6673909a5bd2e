import { directionNumbers } from './direction-numbers.ts';

const bits = 32;

/** Number of dimensions with direction numbers. */
export const sobolDimensions = 1 + directionNumbers.length;

/** Direction numbers by dimension, 32 each, computed on first use. */
const directions = new Map<number, Uint32Array>();

/**
 * Returns the n-th point's coordinate as a fraction of 2^32, in the order of the Gray code as in Joe and Kuo's program.
 * @param dimension below {@link sobolDimensions}.
 */
export function sobolCoordinate(n: number, dimension: number): number {
  const v = directions.get(dimension) ?? directionsOf(dimension);
  directions.set(dimension, v);
  let x = 0;
  for (let gray = (n ^ (n >>> 1)) >>> 0, k = 0; gray !== 0; gray >>>= 1, k++) if ((gray & 1) === 1) x ^= v[k]!;
  return x >>> 0;
}

/** Bratley and Fox 1988, "Algorithm 659", equations 2 and 3. */
function directionsOf(dimension: number): Uint32Array {
  const v = new Uint32Array(bits);
  if (dimension === 0) return v.map((_, k) => (1 << (bits - 1 - k)) >>> 0);
  const { polynomial, initial } = directionNumbers[dimension - 1]!;
  const degree = initial.length;
  for (let k = 0; k < bits; k++) {
    if (k < degree) {
      v[k] = initial[k]! << (bits - 1 - k);
      continue;
    }
    let next = v[k - degree]! ^ (v[k - degree]! >>> degree);
    for (let i = 1; i < degree; i++) if (((polynomial >>> (degree - i)) & 1) === 1) next ^= v[k - i]!;
    v[k] = next;
  }
  return v;
}

/**
 * Owen's nested uniform scrambling (Owen 1995, "Randomly permuted (t,m,s)-nets and (t,s)-sequences"): each bit is flipped or not by a
 * random bit that depends on all bits above it, which keeps the points' uniformity.
 * @param key of the dimension: 32 bits.
 */
export function owenScramble(x: number, key: number): number {
  let scrambled = x;
  for (let depth = 0; depth < bits; depth++) {
    const above = depth === 0 ? 0 : x >>> (bits - depth);
    if (mix(mix(key + Math.imul(depth, 0x9e3779b9)) ^ above) >>> 31 === 1) scrambled ^= 1 << (bits - 1 - depth);
  }
  return scrambled >>> 0;
}

/** 32-bit hash in which every output bit depends on every input bit (Wellons 2018, "lowbias32"). */
export function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}
