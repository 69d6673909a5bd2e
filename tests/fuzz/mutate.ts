import { createRng, type Rng } from '../../src/core/rng.ts';

/** Values that end loops and counts where they should not. */
const awkwardBytes = [0, 1, 0x7f, 0x80, 0xfe, 0xff];

type Mutation = (bytes: Buffer, rng: Rng) => Buffer;

const small: readonly Mutation[] = [
  (bytes, rng) => changedAt(bytes, rng, (byte) => byte ^ (1 << rng.int(8))),
  (bytes, rng) => changedAt(bytes, rng, () => awkwardBytes[rng.int(awkwardBytes.length)]!),
  (bytes, rng) => changedAt(bytes, rng, () => rng.int(256)),
];
const large: readonly Mutation[] = [
  (bytes, rng) => bytes.subarray(0, rng.int(bytes.length)),
  (bytes, rng) => bytes.subarray(rng.int(bytes.length)),
  (bytes, rng) => {
    const [from, to] = rangeIn(bytes, rng);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (bytes, rng) => {
    const [from, to] = rangeIn(bytes, rng);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  (bytes, rng) => {
    const [from, to] = rangeIn(bytes, rng);
    return Buffer.from(bytes).fill(awkwardBytes[rng.int(awkwardBytes.length)]!, from, to);
  },
  (bytes, rng) => {
    const [from, to] = rangeIn(bytes, rng);
    const target = rng.int(bytes.length);
    const copy = Buffer.from(bytes);
    bytes.copy(copy, target, from, to);
    return copy;
  },
];

/**
 * Returns a changed copy of a file: every second one differs in some bits and bytes, the others were cut, repeated, overwritten or put
 * together anew in up to three places. Equal seeds give equal copies.
 */
export function mutate(bytes: Buffer, seed: number): Buffer {
  const rng = createRng(seed);
  const kinds = rng.int(2) === 0 ? small : [...small, ...large];
  let mutated = bytes;
  for (let n = 1 + rng.int(3); n > 0; n--) if (mutated.length > 0) mutated = kinds[rng.int(kinds.length)]!(mutated, rng);
  return mutated;
}

function changedAt(bytes: Buffer, rng: Rng, change: (byte: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  for (let n = 1 + rng.int(3); n > 0; n--) {
    const at = rng.int(copy.length);
    copy.writeUInt8(change(copy[at]!), at);
  }
  return copy;
}

function rangeIn(bytes: Buffer, rng: Rng): readonly [number, number] {
  const from = rng.int(bytes.length);
  return [from, Math.min(bytes.length, from + 1 + rng.int(1 + rng.int(1024)))];
}
