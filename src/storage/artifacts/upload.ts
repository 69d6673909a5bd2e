import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Bytes } from './store.ts';
import { removeDraft, writeDraft } from './write-draft.ts';

/** Bytes with a known hash that can be sent repeatedly without a copy in memory. */
export interface Upload {
  /** SHA-256. */
  readonly digest: Buffer;
  readonly bytes: number;
  readonly open: () => AsyncIterable<Uint8Array>;
  readonly dispose: () => Promise<void>;
}

/**
 * Prepares an upload. Bytes in memory are sent from there; streamed pieces are first written to a file, because their hash must be
 * known before the first is sent.
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

/** Bytes per write. Each write counts as progress against the silence limit. */
const sliceBytes = 2 ** 18;

async function* slicesOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += sliceBytes) yield bytes.subarray(at, at + sliceBytes);
}
