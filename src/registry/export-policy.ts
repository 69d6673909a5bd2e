import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { ModelAddress } from '../core/address.ts';
import { AssayError, messageOf } from '../core/errors.ts';
import type { ArtifactStore } from '../storage/artifacts/store.ts';
import type { Db } from '../storage/database.ts';
import { readMetadata } from '../tensor/executors/onnx/serialise.ts';
import { readPolicy, showVersion, type VersionDetail } from './version.ts';

export interface ExportOptions {
  /** Where the ONNX file goes; its metadata goes to the same name with `.json` behind it. */
  readonly out: string;
  /** Take the place of files that are there. */
  readonly replace?: boolean | undefined;
}

/** What is written beside the ONNX file. */
export interface ExportedPolicy extends VersionDetail {
  /** The file's own metadata: which observations it takes and what comes out. Null where the file holds none. */
  readonly onnx: Readonly<Record<string, string>> | null;
}

/**
 * Writes a version's policy, whose bytes have the promoted hash, and beside it what is known of it. Each file appears whole or not at all.
 * @throws AssayError `not_found`; `data_invalid` for damaged bytes; `conflict` for files that are there; `usage` for a place that cannot be
 * written to.
 */
export async function exportPolicy(
  db: Db,
  store: ArtifactStore,
  address: ModelAddress,
  { out, replace = false }: ExportOptions,
): Promise<{ readonly files: readonly [string, string]; readonly exported: ExportedPolicy }> {
  const files = [out, `${out}.json`] as const;
  const there = files.find((path) => existsSync(path));
  if (there !== undefined && !replace)
    throw new AssayError('conflict', `${there} exists`, { hint: 'name another file, or ask to replace it (--replace)' });
  const detail = await showVersion(db, address);
  // By the number: the alias may have moved between the two.
  const { bytes } = await readPolicy(db, store, { model: address.model, at: detail.version });
  const exported = { ...detail, onnx: metadataOf(bytes) };
  await writeWhole(files[0], bytes);
  await writeWhole(files[1], `${JSON.stringify(exported, null, 2)}\n`);
  return { files: [...files], exported };
}

function metadataOf(bytes: Uint8Array): Readonly<Record<string, string>> | null {
  try {
    return readMetadata(bytes);
  } catch {
    // Whatever an objective kept as its policy is exported as it is.
    return null;
  }
}

async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const draft = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = await open(draft, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw new AssayError('usage', `${path} cannot be written: ${messageOf(cause)}`, {
      hint: 'is there such a folder, and is it yours?',
      cause,
    });
  }
}
