import type { SharedTable } from '../../core/table.ts';
import type { Vault } from '../../core/vault.ts';
import type { StudyId } from '../../search/study/storage.ts';

/**
 * Returns a data set for a study.
 * @param bind binds the study to the content; where it rejects, so does the call, and the content is not kept for the study
 */
export type Datasets = (study: StudyId, name: string, bind: (table: SharedTable) => Promise<void>) => Promise<SharedTable>;

/**
 * Loads each content of a data set once per process; threads share its memory. A study keeps the content that it is bound to, a study that
 * starts later gets the current content, because `data generate --replace` can put another market under a known name. A failed load is
 * repeated at the next call.
 * @param vaultOf the sessions that a study's code gets nothing of (null: none)
 */
export function cachedDatasets(dataDir: string, vaultOf: (study: StudyId) => Promise<Vault | null>): Datasets {
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
  return async (study, name, bind) => {
    const vault = await vaultOf(study);
    const key = JSON.stringify([study, name, vault]);
    const table = ofStudies.get(key) ?? (await current(name, vault));
    await bind(table);
    ofStudies.set(key, table);
    return table;
  };
}
