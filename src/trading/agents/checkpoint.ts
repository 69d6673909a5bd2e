import { AssayError, messageOf } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { Program } from '../../tensor/executors/executor.ts';
import type { Leaf } from '../../tensor/graph/graph.ts';
import { sizeOf } from '../../tensor/graph/shapes.ts';
import { isOptimizerState, stepsName } from '../../tensor/nn/optimizers/optimizer.ts';

/** The state of an agent: small facts as JSON, and arrays by name. */
export interface Snapshot {
  readonly agent: string;
  readonly facts: Json;
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

interface Header {
  readonly format: 'assay-checkpoint-1';
  readonly agent: string;
  readonly facts: Json;
  readonly arrays: readonly { readonly name: string; readonly length: number }[];
}

/** A snapshot as bytes: the length of a JSON header (4 bytes, little-endian), the header, then the arrays as they lie in memory. */
export function encodeSnapshot({ agent, facts, arrays }: Snapshot): Uint8Array {
  const entries = Object.entries(arrays);
  const header: Header = { format: 'assay-checkpoint-1', agent, facts, arrays: entries.map(([name, { length }]) => ({ name, length })) };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const blocks = entries.map(([, { buffer, byteOffset, byteLength }]) => new Uint8Array(buffer, byteOffset, byteLength));
  return Buffer.concat([length, text, ...blocks]);
}

/**
 * The inverse of {@link encodeSnapshot}.
 * @throws AssayError `data_invalid` for other bytes, or for another agent's.
 */
export function decodeSnapshot(agent: string, bytes: Uint8Array): Snapshot {
  const invalid = (because: string) => new AssayError('data_invalid', `not a checkpoint of ${agent}: ${because}`);
  if (bytes.length < 4) throw invalid('too short');
  const textEnd = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (bytes.length < textEnd) throw invalid('cut off');
  let header: Header;
  try {
    header = JSON.parse(Buffer.from(bytes.subarray(4, textEnd)).toString()) as Header;
  } catch (error) {
    throw invalid(messageOf(error));
  }
  if (header.format !== 'assay-checkpoint-1' || header.agent !== agent) throw invalid(`its header says ${header.format}, ${header.agent}`);
  const arrays: Record<string, Float32Array> = {};
  let offset = textEnd;
  for (const { name, length } of header.arrays) {
    const end = offset + length * 4;
    if (end > bytes.length) throw invalid('cut off');
    const array = new Float32Array(length);
    // Copied byte by byte: the bytes may start at any offset, a Float32Array only at multiples of four.
    new Uint8Array(array.buffer).set(bytes.subarray(offset, end));
    arrays[name] = array;
    offset = end;
  }
  if (offset !== bytes.length) throw invalid('too long');
  return { agent, facts: header.facts, arrays };
}

/**
 * An array of a snapshot by name.
 * @throws AssayError `data_invalid` if it is missing.
 */
export function arrayOf({ arrays }: Snapshot, name: string): Float32Array {
  const found = arrays[name];
  if (found === undefined) throw new AssayError('data_invalid', `the checkpoint holds no ${name}`);
  return found;
}

/** Prefix of the names of a program's states in a checkpoint. */
const statePrefix = 'state:';

export function savedStates(program: Pick<Program, 'states' | 'read'>): Readonly<Record<string, Float32Array>> {
  return Object.fromEntries(program.states.map(({ name }) => [`${statePrefix}${name}`, program.read(name)]));
}

/**
 * The states of a program from a snapshot. The learned states must be there; those of an optimizer with other settings start at 0, except
 * the count of the `gradientSteps` done.
 */
export function statesOf(
  snapshot: Snapshot,
  states: readonly Leaf[],
  learned: readonly string[],
  gradientSteps: number,
): readonly (readonly [name: string, values: Float32Array])[] {
  return states.map(({ name, shape }) => {
    const key = `${statePrefix}${name}`;
    if (learned.includes(name) || snapshot.arrays[key] !== undefined) return [name, arrayOf(snapshot, key)];
    return [name, new Float32Array(sizeOf(shape)).fill(name === stepsName ? gradientSteps : 0)];
  });
}

/** The share of each learnt vector's values that differs between two checkpoints of one agent. */
export function changedStates(agent: string, before: Uint8Array, after: Uint8Array): Readonly<Record<string, number>> {
  const [then, now] = [decodeSnapshot(agent, before), decodeSnapshot(agent, after)];
  const learnt = Object.keys(now.arrays).filter((key) => key.startsWith(statePrefix) && !isOptimizerState(key.slice(statePrefix.length)));
  return Object.fromEntries(
    learnt.map((key) => {
      const was = arrayOf(then, key);
      const is = arrayOf(now, key);
      return [key.slice(statePrefix.length), is.filter((value, i) => value !== was[i]).length / is.length];
    }),
  );
}
