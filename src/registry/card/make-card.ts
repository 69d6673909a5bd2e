import { join } from 'node:path';
import type { ModelAddress } from '../../core/address.ts';
import { makePrivateFolder } from '../../core/data-dir.ts';
import { AssayError, messageOf } from '../../core/errors.ts';
import type { ArtifactStore } from '../../storage/artifacts/store.ts';
import type { Db } from '../../storage/database.ts';
import { readMetadata } from '../../tensor/executors/onnx/serialise.ts';
import { decodeBundle } from '../bundle/bundle.ts';
import { showVersion } from '../version.ts';
import { writeWhole } from '../write-whole.ts';
import { renderCard } from './render-card.ts';

/** A model card with the version that it describes. */
export interface ModelCard {
  /** `pairs@7`. */
  readonly address: string;
  readonly html: string;
}

/**
 * The model card of a version, from the ledger and its evidence bundle.
 * @throws AssayError `not_found` for an unknown version, one without a record, or lost bytes; `data_invalid` for damaged bytes
 */
export async function makeCard(db: Db, store: ArtifactStore, address: ModelAddress): Promise<ModelCard> {
  const detail = await showVersion(db, address);
  const { promotion: decision, record, overrides, policyHash } = detail;
  if (decision === null || record === null)
    throw new AssayError('not_found', `no record of the ledger promoted ${detail.address}`, {
      hint: 'assay model verify shows what differs',
    });
  const bundle = decision.bundleHash === null ? null : decodeBundle(await store.get(decision.bundleHash), detail.address);
  const onnx = metadataOf(bundle?.policy ?? (await store.get(policyHash)));
  return { address: detail.address, html: renderCard({ address: detail.address, decision, record, bundle, overrides, onnx }) };
}

/** The card that was kept at a promotion: a file in the folder `cards` of the data directory, or why it could not be written. */
export interface KeptCard {
  readonly path: string;
  /** Null: it was written. */
  readonly failure: string | null;
}

/** Writes the card of a new version. A failure is returned, as the promotion stands; `assay model card` makes it at any time. */
export async function keepCard(db: Db, store: ArtifactStore, dataDir: string, address: ModelAddress): Promise<KeptCard> {
  const folder = join(dataDir, 'cards');
  const path = join(folder, `${address.model}@${address.at}.html`);
  try {
    const card = await makeCard(db, store, address);
    makePrivateFolder(dataDir, folder);
    await writeWhole(path, card.html);
    return { path, failure: null };
  } catch (error) {
    return { path, failure: messageOf(error) };
  }
}

/** Null for bytes that are no ONNX model, which an objective may keep as its policy, and for one without metadata. */
function metadataOf(policy: Uint8Array): Readonly<Record<string, string>> | null {
  try {
    const metadata = readMetadata(policy);
    return Object.keys(metadata).length === 0 ? null : metadata;
  } catch {
    return null;
  }
}
