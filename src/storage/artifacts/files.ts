import { type FileHandle, mkdir, open, readdir, readFile, rename, stat, unlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AssayError } from '../../core/errors.ts';
import { writeFault } from '../../core/free-space.ts';
import { sha256 } from '../../core/json.ts';
import { type ArtifactStore, type Bytes, checkHash, type ListedArtifact, type StoredBytes } from './store.ts';
import { removeDraft, writeDraft } from './write-draft.ts';

/** Stores each artifact in a file `artifacts/ab/cdef…` below the data directory. */
export function createFileStore(dataDir: string): ArtifactStore {
  const root = join(dataDir, 'artifacts');
  const pathOf = (hash: string): string => join(root, checkHash(hash).slice(0, 2), hash.slice(2));
  return {
    pathOf,
    put: async (bytes) => {
      if (bytes instanceof Uint8Array) {
        const hash = sha256(bytes);
        if (await isIntact(pathOf(hash), hash)) return { hash, bytes: bytes.byteLength };
      }
      return writeDurably(dataDir, bytes, pathOf);
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
    remove: async (hash) => {
      await unlink(pathOf(hash)).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
    },
    list: () => listFiles(root),
  };
}

/** True if the file exists undamaged; the next `put` replaces a damaged one. Renews the file's age for the collector. */
async function isIntact(path: string, hash: string): Promise<boolean> {
  try {
    if (sha256(await readFile(path)) !== hash) return false;
    const now = new Date();
    await utimes(path, now, now);
    return true;
  } catch {
    return false;
  }
}

/** Moves a flushed draft into place by rename, so that the file is visible only whole, also after a power cut. */
async function writeDurably(dataDir: string, bytes: Bytes, pathOf: (hash: string) => string): Promise<StoredBytes> {
  const draft = await writeDraft(dataDir, bytes, { durable: true });
  const stored = { hash: draft.digest.toString('hex'), bytes: draft.bytes };
  const path = pathOf(stored.hash);
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rename(draft.path, path);
    await flush(await open(dirname(path), 'r'));
    return stored;
  } catch (cause) {
    await removeDraft(draft.path);
    throw writeFault(cause, dirname(path));
  }
}

async function flush(file: FileHandle): Promise<void> {
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function* listFiles(root: string): AsyncIterable<ListedArtifact> {
  for (const folder of await readdir(root).catch(() => [])) {
    if (!/^[0-9a-f]{2}$/.test(folder)) continue;
    for (const name of await readdir(join(root, folder))) {
      const found = /^[0-9a-f]{62}$/.test(name) ? await stat(join(root, folder, name)).catch(() => null) : null;
      if (found !== null) yield { hash: folder + name, bytes: found.size, writtenAtMs: found.mtimeMs };
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
