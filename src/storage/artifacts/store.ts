import { AssayError } from '../../core/errors.ts';
import type { CheckpointBytes } from '../../search/study/trial-context.ts';

export type Bytes = CheckpointBytes;

export interface StoredBytes {
  /** SHA-256, in hexadecimal digits. */
  readonly hash: string;
  readonly bytes: number;
}

export interface ListedArtifact extends StoredBytes {
  readonly writtenAtMs: number;
}

/** Immutable bytes, addressed by their SHA-256. */
export interface ArtifactStore {
  /**
   * Stores bytes; idempotent. Resolves when they are durable.
   * @throws AssayError `disk_full`, `unavailable`; no partial bytes are left.
   */
  readonly put: (bytes: Bytes) => Promise<StoredBytes>;
  /** @throws AssayError `not_found`; `data_invalid` if the stored bytes no longer match the hash. */
  readonly get: (hash: string) => Promise<Uint8Array>;
  /** Removes the bytes, if any. */
  readonly remove: (hash: string) => Promise<void>;
  /** Lists all stored artifacts, unordered. */
  readonly list: () => AsyncIterable<ListedArtifact>;
  /** Returns the place of the bytes, which need not exist, for messages. */
  readonly pathOf: (hash: string) => string;
}

/** Checks a hash, because it becomes part of a path. @throws AssayError `usage` unless it is a SHA-256 */
export function checkHash(hash: string): string {
  if (/^[0-9a-f]{64}$/.test(hash)) return hash;
  throw new AssayError('usage', `${JSON.stringify(hash)} is not a SHA-256`, { hint: 'an artifact is named by 64 hexadecimal digits' });
}

export async function* piecesOf(bytes: Bytes): AsyncIterable<Uint8Array> {
  if (bytes instanceof Uint8Array) yield bytes;
  else yield* bytes;
}
