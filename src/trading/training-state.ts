import { AssayError, messageOf } from '../core/errors.ts';
import type { RngState } from '../core/rng.ts';
import type { TrainingState } from './agents/train.ts';

/** One line of JSON, then the agent's own bytes. Arrays stand in the line as base64: they are small and keep every bit. */
interface Header {
  readonly format: 'assay-training-1';
  readonly counts: TrainingState['counts'];
  readonly metrics: TrainingState['metrics'];
  readonly running: string;
  readonly rng: RngState;
  readonly arrays: Readonly<Record<string, string>>;
}

export function encodeTraining({ counts, metrics, running, env, agent }: TrainingState): readonly Uint8Array[] {
  const base64 = ({ buffer, byteOffset, byteLength }: Uint8Array | Float64Array) =>
    Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('base64');
  const header: Header = {
    format: 'assay-training-1',
    counts,
    metrics,
    running: base64(running),
    rng: env.rng,
    arrays: Object.fromEntries(Object.entries(env.arrays).map(([name, bytes]) => [name, base64(bytes)])),
  };
  return [Buffer.from(`${JSON.stringify(header)}\n`), agent];
}

/** @throws AssayError `data_invalid` for other bytes. */
export function decodeTraining(bytes: Uint8Array): TrainingState {
  const end = bytes.indexOf(10);
  let header: Header;
  try {
    header = JSON.parse(Buffer.from(bytes.subarray(0, Math.max(end, 0))).toString()) as Header;
  } catch (cause) {
    throw new AssayError('data_invalid', `this is no checkpoint of a training: ${messageOf(cause)}`, { cause });
  }
  if (header.format !== 'assay-training-1')
    throw new AssayError('data_invalid', `this is no checkpoint of a training but ${String(header.format)}`);
  const fromBase64 = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));
  return {
    counts: header.counts,
    metrics: header.metrics,
    running: new Float64Array(fromBase64(header.running).buffer),
    env: {
      rng: header.rng,
      arrays: Object.fromEntries(Object.entries(header.arrays).map(([name, text]) => [name, fromBase64(text)])),
    },
    agent: bytes.subarray(end + 1),
  };
}
