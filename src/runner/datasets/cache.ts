import type { SharedTable } from '../../core/table.ts';
import type { Vault } from '../../core/vault.ts';
import type { Storage, StudyId } from '../../search/study/storage.ts';

/**
 * Returns a data set for a study.
 * @param bind binds the study to the content; where it rejects, so does the call, and the content is not kept for the study
 */
export type Datasets = (study: StudyId, name: string, bind: (table: SharedTable) => Promise<void>) => Promise<SharedTable>;

/** What is known and written down of a study's data. */
export interface DatasetRecords {
  /** The sessions that a study's code gets nothing of (null: none). */
  readonly vaultOf: (study: StudyId) => Promise<Vault | null>;
  readonly recordDays: Storage['recordDataDays'];
}

/**
 * Loads each content of a data set once per process; threads share its memory. A study keeps the content that it is bound to, a study that
 * starts later gets the current content, because `data generate --replace` can put another market under a known name. A failed load is
 * repeated at the next call. What the sessions of a content are is recorded before it is bound or handed out, once a process.
 */
export function cachedDatasets(dataDir: string, { vaultOf, recordDays }: DatasetRecords): Datasets {
  /** By name and vault: studies with the same one share a table. */
  const newest = new Map<string, SharedTable>();
  const ofStudies = new Map<string, SharedTable>();
  const current = async (name: string, vault: Vault | null): Promise<SharedTable> => {
    // Loaded only by workers whose trials open data.
    const [{ loadDataset, readManifest, readWhole }, { withoutVault }] = await Promise.all([
      import('../../market/store/read.ts'),
      import('../../market/store/withhold.ts'),
    ]);
    const key = JSON.stringify([name, vault?.dataset === name ? vault : null]);
    const known = newest.get(key);
    const table =
      known !== undefined && known.hash === readManifest(dataDir, name).hash
        ? known
        : readWhole(withoutVault(loadDataset(dataDir, name), vault));
    newest.set(key, table);
    return table;
  };
  const recorded = new WeakMap<SharedTable, Promise<void>>();
  const recordOnce = async (table: SharedTable): Promise<void> => {
    const { sessionHashes } = await import('../../market/store/session-hashes.ts');
    const recording = recorded.get(table) ?? recordDays(table.hash, sessionHashes(table));
    recorded.set(table, recording);
    await recording.catch((error: unknown) => {
      recorded.delete(table);
      throw error;
    });
  };
  return async (study, name, bind) => {
    const vault = await vaultOf(study);
    const key = JSON.stringify([study, name, vault]);
    const table = ofStudies.get(key) ?? (await current(name, vault));
    await recordOnce(table);
    await bind(table);
    ofStudies.set(key, table);
    return table;
  };
}
