import type { ModuleRef } from '../../search/study/storage.ts';
import type { StudyRow } from '../schema/rows.ts';

export type ModuleColumns = Pick<StudyRow, 'moduleUrl' | 'sourceHash' | 'packagesHash' | 'gitCommit' | 'gitDirty'>;

/** Location and hashes of a study's code, from its row. */
export function moduleOf(study: ModuleColumns): ModuleRef {
  const { moduleUrl: url, sourceHash, packagesHash, gitCommit, gitDirty } = study;
  return { url, sourceHash, packagesHash, gitCommit, gitDirty };
}
