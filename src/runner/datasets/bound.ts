import { AssayError } from '../../core/errors.ts';
import { datasetNames } from '../../market/store/layout.ts';
import { readManifest } from '../../market/store/read.ts';
import type { StudyRecord } from '../../search/study/storage.ts';
import type { Db } from '../../storage/database.ts';
import { readBoundData } from '../../storage/readers/bound-data.ts';

/**
 * Refuse to go on with a study whose data are others now: its history tells of the market that it was searched on. A data set that is
 * gone is left to whoever opens it.
 * @throws AssayError `conflict`.
 */
export async function refuseOtherData(db: Db, dataDir: string, { id, name }: Pick<StudyRecord, 'id' | 'name'>): Promise<void> {
  const there = datasetNames(dataDir);
  for (const bound of await readBoundData(db, id)) {
    if (there.includes(bound.name) && readManifest(dataDir, bound.name).hash !== bound.hash) throw otherData(name, bound.name);
  }
}

export function otherData(study: string, dataset: string): AssayError {
  return new AssayError('conflict', `the data set ${dataset} has other content than the study ${study} was begun with`, {
    hint: `make it again as it was (its manifest says from what), or search the new data as a study of its own: --name ${study}-2`,
  });
}
