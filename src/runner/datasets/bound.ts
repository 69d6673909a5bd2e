import { AssayError } from '../../core/errors.ts';
import type { StudyRecord } from '../../search/study/storage.ts';
import type { Db } from '../../storage/database.ts';
import { readBoundData } from '../../storage/readers/bound-data.ts';

/**
 * Refuses a study whose data sets have changed: its history belongs to the market that it was searched on. A missing data set is
 * reported later, by the trial that opens it.
 * @throws AssayError `conflict`.
 */
export async function refuseOtherData(db: Db, dataDir: string, { id, name }: Pick<StudyRecord, 'id' | 'name'>): Promise<void> {
  const known = await readBoundData(db, id);
  if (known.length === 0) return;
  // Loaded only for studies with data.
  const [{ datasetNames }, { readManifest }] = await Promise.all([
    import('../../market/store/layout.ts'),
    import('../../market/store/read.ts'),
  ]);
  const there = datasetNames(dataDir);
  for (const bound of known) {
    if (there.includes(bound.name) && readManifest(dataDir, bound.name).hash !== bound.hash) throw otherData(name, bound.name);
  }
}

export function otherData(study: string, dataset: string): AssayError {
  return new AssayError('conflict', `the data set ${dataset} has other content than the study ${study} started with`, {
    hint: `restore it (its manifest names its source), or search the new data as a new study: --name ${study}-2`,
  });
}
