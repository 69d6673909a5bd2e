import type { SharedTable } from '../../core/table.ts';
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
 */
export function cachedDatasets(dataDir: string): Datasets {
  const newest = new Map<string, SharedTable>();
  const ofStudies = new Map<string, SharedTable>();
  const current = async (name: string): Promise<SharedTable> => {
    // Loaded only by workers whose trials open data.
    const { loadDataset, readManifest, readWhole } = await import('../../market/store/read.ts');
    const known = newest.get(name);
    const table = known !== undefined && known.hash === readManifest(dataDir, name).hash ? known : readWhole(loadDataset(dataDir, name));
    newest.set(name, table);
    return table;
  };
  return async (study, name, bind) => {
    const key = JSON.stringify([study, name]);
    const table = ofStudies.get(key) ?? (await current(name));
    await bind(table);
    ofStudies.set(key, table);
    return table;
  };
}
