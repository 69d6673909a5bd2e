import { AssayError, messageOf } from '../../core/errors.ts';
import type { RngState } from '../../core/rng.ts';
import type { TrainingState } from './loop.ts';

/** One line of JSON, then the agent's own bytes. Arrays are base64 in the JSON: they are small, and base64 keeps every bit. */
interface Header {
  readonly format: 'assay-training-1';
  readonly counts: TrainingState['counts'];
  readonly phase: number;
  /** Null: NaN. Missing in checkpoints of earlier releases. */
  readonly phases?: Readonly<Record<string, number | null>>;
  readonly metrics: TrainingState['metrics'];
  readonly running: string;
  readonly rng: RngState;
  readonly arrays: Readonly<Record<string, string>>;
}

export function encodeTraining({ counts, phase = 0, phases = {}, metrics, running, env, agent }: TrainingState): readonly Uint8Array[] {
  const base64 = ({ buffer, byteOffset, byteLength }: Uint8Array | Float64Array) =>
    Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('base64');
  const header: Header = {
    format: 'assay-training-1',
    counts,
    phase,
    phases,
    metrics,
    running: base64(running),
    rng: env.rng,
    arrays: Object.fromEntries(Object.entries(env.arrays).map(([name, bytes]) => [name, base64(bytes)])),
  };
  return [Buffer.from(`${JSON.stringify(header)}\n`), agent];
}

/** Splits the bytes into the first line and the rest. */
function split<Known extends { readonly format: string }>(bytes: Uint8Array, format: Known['format'], what: string): [Known, Uint8Array] {
  const end = bytes.indexOf(10);
  let header: Known;
  try {
    header = JSON.parse(Buffer.from(bytes.subarray(0, Math.max(end, 0))).toString()) as Known;
  } catch (cause) {
    throw new AssayError('data_invalid', `not a checkpoint of ${what}: ${messageOf(cause)}`, { cause });
  }
  if (header.format !== format) throw new AssayError('data_invalid', `not a checkpoint of ${what} but ${String(header.format)}`);
  return [header, bytes.subarray(end + 1)];
}

interface SeedsHeader {
  readonly format: 'assay-seeds-1';
  /** Length of each training in bytes. */
  readonly lengths: readonly number[];
}

/** Joins the trainings of several seeds, each from {@link encodeTraining}, into one checkpoint. */
export function encodeSeeds(trainings: readonly (readonly Uint8Array[])[]): readonly Uint8Array[] {
  const lengths = trainings.map((pieces) => pieces.reduce((total, { length }) => total + length, 0));
  const header: SeedsHeader = { format: 'assay-seeds-1', lengths };
  return [Buffer.from(`${JSON.stringify(header)}\n`), ...trainings.flat()];
}

/**
 * The inverse of {@link encodeSeeds}.
 * @throws AssayError `data_invalid` for other bytes, or for another number of seeds.
 */
export function decodeSeeds(bytes: Uint8Array, seeds: number): readonly Uint8Array[] {
  const [{ lengths }, all] = split<SeedsHeader>(bytes, 'assay-seeds-1', 'a training of several seeds');
  if (lengths.length !== seeds)
    throw new AssayError('data_invalid', `this is a checkpoint of ${lengths.length} seeds, the training has ${seeds}`);
  let end = 0;
  return lengths.map((length) => {
    end += length;
    return all.subarray(end - length, end);
  });
}

/**
 * The inverse of {@link encodeTraining}.
 * @throws AssayError `data_invalid` for other bytes.
 */
export function decodeTraining(bytes: Uint8Array): TrainingState {
  const [header, agent] = split<Header>(bytes, 'assay-training-1', 'a training');
  const fromBase64 = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));
  return {
    counts: header.counts,
    phase: header.phase ?? 0,
    phases: Object.fromEntries(Object.entries(header.phases ?? {}).map(([name, figure]) => [name, figure ?? Number.NaN])),
    metrics: header.metrics,
    running: new Float64Array(fromBase64(header.running).buffer),
    env: {
      rng: header.rng,
      arrays: Object.fromEntries(Object.entries(header.arrays).map(([name, text]) => [name, fromBase64(text)])),
    },
    agent,
  };
}
