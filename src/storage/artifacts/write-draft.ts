import { createHash } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateFolder } from '../../core/data-dir.ts';
import { requireSpace, writeFault } from '../../core/free-space.ts';
import { draftName, draftsFolder } from './drafts.ts';
import { type Bytes, piecesOf } from './store.ts';

export interface Draft {
  readonly path: string;
  /** SHA-256. */
  readonly digest: Buffer;
  readonly bytes: number;
}

/**
 * Writes bytes to a new file in the drafts folder; the caller moves or removes it. Leaves nothing if it fails.
 * @param durable true: flushed to disk before it resolves
 * @throws AssayError `disk_full`, `unavailable`; errors of the source of pieces unchanged.
 */
export async function writeDraft(dataDir: string, bytes: Bytes, { durable }: { readonly durable: boolean }): Promise<Draft> {
  const folder = draftsFolder(dataDir);
  const path = join(folder, draftName());
  try {
    await requireSpace(folder, bytes instanceof Uint8Array ? bytes.byteLength : 0);
    makePrivateFolder(dataDir, folder);
    return { path, ...(await write(path, bytes, durable)) };
  } catch (cause) {
    await removeDraft(path);
    throw writeFault(cause, folder);
  }
}

export async function removeDraft(path: string): Promise<void> {
  await unlink(path).catch(() => undefined);
}

async function write(path: string, bytes: Bytes, durable: boolean): Promise<Omit<Draft, 'path'>> {
  const file = await open(path, 'wx');
  const hash = createHash('sha256');
  let written = 0;
  try {
    for await (const piece of piecesOf(bytes)) {
      hash.update(piece);
      await file.writeFile(piece);
      written += piece.byteLength;
    }
    if (durable) await file.sync();
  } finally {
    await file.close();
  }
  return { digest: hash.digest(), bytes: written };
}
