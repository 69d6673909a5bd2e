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
  /** Path of the ONNX file; its metadata is written to the same path with `.json` appended. */
  readonly out: string;
  /** Replaces existing files. */
  readonly replace?: boolean | undefined;
}

/** Content of the JSON file beside the ONNX file. */
export interface ExportedPolicy extends VersionDetail {
  /** Metadata of the ONNX file: its observations and outputs (null if the file has none). */
  readonly onnx: Readonly<Record<string, string>> | null;
}

/**
 * Writes the policy of a version, checked against its promoted hash, and a JSON file that describes it. Each file appears whole or not at all.
 * @throws AssayError `not_found`; `data_invalid` for damaged bytes; `conflict` for existing files; `usage` for a path that cannot be
 * written.
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
  // Read by number, as the alias may have moved in between.
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
    // Not an ONNX file: an objective may keep other bytes as its policy, which are exported unchanged.
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
      hint: 'check that the folder exists and that you may write to it',
      cause,
    });
  }
}
