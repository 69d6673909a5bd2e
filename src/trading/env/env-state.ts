import type { RngState } from '../../core/rng.ts';

/** Arrays that change from step to step. */
export type StateArray = Float64Array | Float32Array | Int32Array | Uint8Array;

/** State of an environment, from which it continues with the same bits. */
export interface EnvState {
  readonly rng: RngState;
  /** Bytes of the arrays, by name, as they lie in memory. */
  readonly arrays: Readonly<Record<string, Uint8Array>>;
}

/** Copies the arrays; empty ones, which some kinds of accounts have, are left out. */
export function saveArrays(arrays: Readonly<Record<string, StateArray>>): EnvState['arrays'] {
  const bytesOf = ({ buffer, byteOffset, byteLength }: StateArray) => new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength));
  return Object.fromEntries(Object.entries(arrays).flatMap(([name, array]) => (array.length === 0 ? [] : [[name, bytesOf(array)]])));
}

/** The inverse of {@link saveArrays}: writes into the given arrays, which must have the saved sizes. */
export function restoreArrays(arrays: Readonly<Record<string, StateArray>>, saved: EnvState['arrays']): void {
  for (const [name, { buffer, byteOffset, byteLength }] of Object.entries(arrays)) {
    const bytes = saved[name] ?? new Uint8Array();
    if (bytes.byteLength !== byteLength) throw new RangeError(`the saved ${name} has ${bytes.byteLength} bytes, not ${byteLength}`);
    new Uint8Array(buffer, byteOffset, byteLength).set(bytes);
  }
}
