import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AssayError } from '../../core/errors.ts';
import { sha256 } from '../../core/json.ts';

/** Bytes known by their SHA-256, one file each: `artifacts/ab/cdef…`. A file once there never changes. */
export interface ArtifactStore {
  /** Store bytes; storing them again is harmless. Resolves when they are safe on disk. */
  readonly put: (bytes: Uint8Array) => Promise<{ readonly hash: string; readonly bytes: number }>;
  /** @throws AssayError `not_found`; `data_invalid` where the file no longer holds what it is named after. */
  readonly get: (hash: string) => Promise<Uint8Array>;
  /** Where the file is, whether or not it exists: for messages. */
  readonly pathOf: (hash: string) => string;
}

export function createArtifactStore(dataDir: string): ArtifactStore {
  const pathOf = (hash: string): string => {
    if (!/^[0-9a-f]{64}$/.test(hash))
      throw new AssayError('usage', `${JSON.stringify(hash)} is no SHA-256`, { hint: 'an artifact is named by 64 hexadecimal digits' });
    return join(dataDir, 'artifacts', hash.slice(0, 2), hash.slice(2));
  };
  return {
    pathOf,
    put: async (bytes) => {
      const hash = sha256(bytes);
      if (!(await isIntact(pathOf(hash), hash))) await writeDurably(pathOf(hash), bytes);
      return { hash, bytes: bytes.byteLength };
    },
    get: async (hash) => {
      const path = pathOf(hash);
      const bytes = await readFile(path).catch((cause: unknown) => {
        throw new AssayError('not_found', `the artifact ${hash} cannot be read`, {
          place: path,
          hint: 'is this the data directory that it was written to? (--data-dir, ASSAY_DATA_DIR)',
          cause,
        });
      });
      if (sha256(bytes) !== hash)
        throw new AssayError('data_invalid', `the artifact ${hash} is damaged: its bytes have another SHA-256`, {
          place: path,
          hint: 'restore the file from a copy, or run the trial again',
        });
      return bytes;
    },
  };
}

/** A damaged file is as good as none: the next `put` of its bytes mends it. */
async function isIntact(path: string, hash: string): Promise<boolean> {
  return readFile(path).then(
    (bytes) => sha256(bytes) === hash,
    () => false,
  );
}

/** Under another name, flushed, then renamed: whoever sees the file sees all of it, after a power cut too. */
async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const draft = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    const file = await open(draft, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (cause) {
    await unlink(draft).catch(() => undefined);
    throw new AssayError('unavailable', `cannot write to ${folder}`, {
      place: path,
      hint: 'is the disk full, or does another user own the data directory?',
      cause,
    });
  }
  const entry = await open(folder, 'r');
  try {
    await entry.sync();
  } finally {
    await entry.close();
  }
}
