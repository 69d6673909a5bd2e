import type { ModuleRef, StudyId } from '../../search/study/storage.ts';

/** The studies that a worker takes trials of. */
export interface ServedStudies {
  readonly now: () => readonly StudyId[];
  /** Whether another one may join: then the worker waits where all of them are finished. */
  readonly mayGrow: () => boolean;
  /** Look again which there are and whose source fits. */
  readonly refresh: () => Promise<void>;
  /** Take no more trials of this one until a refresh finds that its source fits. */
  readonly leave: (study: StudyId) => void;
}

export interface StudySource {
  readonly id: StudyId;
  readonly name: string;
  readonly module: Pick<ModuleRef, 'url' | 'sourceHash'>;
}

export interface ServedOptions {
  /** Those to be served, as the database has them now. */
  readonly list: () => Promise<readonly StudySource[]>;
  /** Whether studies that are created later are to be served as well. */
  readonly open: boolean;
  readonly hasSource: (module: StudySource['module']) => Promise<boolean>;
  /** Called once for each version of a study that cannot be worked on here. */
  readonly onOtherSource: (study: StudySource) => void;
}

/** Serves every listed study whose source on this disk is the one it was opened with, and leaves the others to other machines. */
export async function serveWhereSourceFits({ list, open, hasSource, onOtherSource }: ServedOptions): Promise<ServedStudies> {
  const told = new Set<string>();
  let fitting: readonly StudyId[] = [];
  let left = 0;
  const refresh = async (): Promise<void> => {
    const studies = await list();
    const fits = await Promise.all(studies.map(({ module }) => hasSource(module)));
    for (const study of studies.filter((_, i) => !fits[i])) {
      const version = `${study.id} ${study.module.sourceHash}`;
      if (!told.has(version)) onOtherSource(study);
      told.add(version);
    }
    fitting = studies.filter((_, i) => fits[i]).map(({ id }) => id);
    left = studies.length - fitting.length;
  };
  await refresh();
  return {
    now: () => fitting,
    mayGrow: () => open || left > 0,
    refresh,
    leave: (study) => {
      fitting = fitting.filter((id) => id !== study);
      left += 1;
    },
  };
}

/** Serves these studies and no others; a source that does not fit is for the caller to judge. */
export function serveExactly(studies: readonly StudyId[]): ServedStudies {
  return { now: () => studies, mayGrow: () => false, refresh: async () => undefined, leave: () => undefined };
}
