import { AssayError, messageOf } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';

/** What an agent needs to go on: small facts, and arrays by name. */
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

/** The inverse of {@link encodeSnapshot}; throws `data_invalid` for anything else, or for another agent's bytes. */
export function decodeSnapshot(agent: string, bytes: Uint8Array): Snapshot {
  const wrong = (because: string) => new AssayError('data_invalid', `this is no checkpoint of ${agent}: ${because}`);
  if (bytes.length < 4) throw wrong('it is too short');
  const textEnd = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (bytes.length < textEnd) throw wrong('it is cut off');
  let header: Header;
  try {
    header = JSON.parse(Buffer.from(bytes.subarray(4, textEnd)).toString()) as Header;
  } catch (error) {
    throw wrong(messageOf(error));
  }
  if (header.format !== 'assay-checkpoint-1' || header.agent !== agent) throw wrong(`it says ${header.format}, ${header.agent}`);
  const arrays: Record<string, Float32Array> = {};
  let offset = textEnd;
  for (const { name, length } of header.arrays) {
    const end = offset + length * 4;
    if (end > bytes.length) throw wrong('it is cut off');
    const array = new Float32Array(length);
    // Copied byte by byte: the bytes of a file start anywhere, a Float32Array only at multiples of four.
    new Uint8Array(array.buffer).set(bytes.subarray(offset, end));
    arrays[name] = array;
    offset = end;
  }
  if (offset !== bytes.length) throw wrong('it is too long');
  return { agent, facts: header.facts, arrays };
}
