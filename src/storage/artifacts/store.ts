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

/** Bytes known by their SHA-256. What is once there never changes. */
export interface ArtifactStore {
  /**
   * Store bytes; storing them again is harmless. Resolves when they are safe.
   * @throws AssayError `disk_full`, `unavailable`; nothing is left of what could not be stored whole.
   */
  readonly put: (bytes: Bytes) => Promise<StoredBytes>;
  /** @throws AssayError `not_found`; `data_invalid` where the store no longer holds what the hash names. */
  readonly get: (hash: string) => Promise<Uint8Array>;
  /** Forget the bytes; harmless where there are none. */
  readonly remove: (hash: string) => Promise<void>;
  /** Everything stored, in no order. */
  readonly list: () => AsyncIterable<ListedArtifact>;
  /** Where the bytes are, whether or not they exist: for messages. */
  readonly pathOf: (hash: string) => string;
}

/** @throws AssayError `usage` for anything but a SHA-256: it becomes part of a path. */
export function checkHash(hash: string): string {
  if (/^[0-9a-f]{64}$/.test(hash)) return hash;
  throw new AssayError('usage', `${JSON.stringify(hash)} is no SHA-256`, { hint: 'an artifact is named by 64 hexadecimal digits' });
}

export async function* piecesOf(bytes: Bytes): AsyncIterable<Uint8Array> {
  if (bytes instanceof Uint8Array) yield bytes;
  else yield* bytes;
}
