import { existsSync } from 'node:fs';
import type { ModelAddress } from '../core/address.ts';
import { AssayError } from '../core/errors.ts';
import type { ArtifactStore } from '../storage/artifacts/store.ts';
import type { Db } from '../storage/database.ts';
import { readMetadata } from '../tensor/executors/onnx/serialise.ts';
import { readBundle, showVersion, type VersionDetail } from './version.ts';
import { writeWhole } from './write-whole.ts';

export interface ExportOptions {
  /** Path of the ONNX file. Beside each file one of the same name with `.json` appended says what it is. */
  readonly out?: string | undefined;
  /** Path of the evidence bundle. */
  readonly bundle?: string | undefined;
  /** Replaces existing files. */
  readonly replace?: boolean | undefined;
}

/**
 * Content of the JSON file beside an exported file. That of an ONNX file also has `onnx`, the metadata of the file: its observations and
 * outputs (null if it has none).
 */
export type ExportedVersion = VersionDetail & { readonly onnx?: Readonly<Record<string, string>> | null };

/**
 * Writes the policy of a version, its evidence bundle, or both, checked against their hashes in the ledger, each with a JSON file that
 * describes it. Each file appears whole or not at all.
 * @throws AssayError `not_found`, also for a version without a bundle; `data_invalid` for damaged bytes; `conflict` for existing files;
 * `usage` for a path that cannot be written.
 */
export async function exportVersion(
  db: Db,
  store: ArtifactStore,
  address: ModelAddress,
  { out, bundle, replace = false }: ExportOptions,
): Promise<{ readonly files: readonly string[]; readonly detail: VersionDetail }> {
  const files = [out, bundle].flatMap((path) => (path === undefined ? [] : [path, `${path}.json`]));
  const there = files.find((path) => existsSync(path));
  if (there !== undefined && !replace)
    throw new AssayError('conflict', `${there} exists`, { hint: 'name another file, or ask to replace it (--replace)' });
  const detail = await showVersion(db, address);
  const describe = (path: string, content: ExportedVersion) => writeWhole(`${path}.json`, `${JSON.stringify(content, null, 2)}\n`);
  // Read before anything is written.
  const [policy, evidence] = [
    out === undefined ? null : await store.get(detail.policyHash),
    bundle === undefined ? null : await readBundle(store, detail),
  ];
  if (out !== undefined && policy !== null) {
    await writeWhole(out, policy);
    await describe(out, { ...detail, onnx: metadataOf(policy) });
  }
  if (bundle !== undefined && evidence !== null) {
    await writeWhole(bundle, evidence);
    await describe(bundle, detail);
  }
  return { files, detail };
}

function metadataOf(bytes: Uint8Array): Readonly<Record<string, string>> | null {
  try {
    return readMetadata(bytes);
  } catch {
    // Not an ONNX file: an objective may keep other bytes as its policy, which are exported unchanged.
    return null;
  }
}
