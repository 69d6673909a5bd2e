import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Bytes } from './store.ts';
import { removeDraft, writeDraft } from './write-draft.ts';

/** Bytes whose hash is known and that can be sent as often as it takes, without a copy of them in memory. */
export interface Upload {
  /** SHA-256. */
  readonly digest: Buffer;
  readonly bytes: number;
  readonly open: () => AsyncIterable<Uint8Array>;
  readonly dispose: () => Promise<void>;
}

/**
 * Where the bytes lie whole in memory, they are sent from there. Pieces are made once and must be known before the first is sent, by their
 * hash, so they wait in a file.
 * @throws AssayError as `writeDraft` does.
 */
export async function prepareUpload(dataDir: string, bytes: Bytes): Promise<Upload> {
  if (bytes instanceof Uint8Array)
    return {
      digest: createHash('sha256').update(bytes).digest(),
      bytes: bytes.byteLength,
      open: () => slicesOf(bytes),
      dispose: async () => undefined,
    };
  const draft = await writeDraft(dataDir, bytes, { durable: false });
  return { ...draft, open: () => createReadStream(draft.path), dispose: () => removeDraft(draft.path) };
}

/** Each is progress: a network that takes longer than the limit for one is taken to be silent. */
const sliceBytes = 2 ** 18;

async function* slicesOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += sliceBytes) yield bytes.subarray(at, at + sliceBytes);
}
