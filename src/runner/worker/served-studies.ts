import type { Needs } from '../../search/study/needs.ts';
import type { ModuleRef, StudyId } from '../../search/study/storage.ts';
import type { StudyFault } from '../../search/study/study-fault.ts';
import { fitsInto, leftBeside, type Share } from '../machine/capacity.ts';
import { createBackOff } from './back-off.ts';

/** The studies that a worker takes trials of. */
export interface ServedStudies {
  readonly now: () => readonly StudyId[];
  /** Those of them of which one more trial finds room beside the ones that run, each by what it needs. */
  readonly fitting: (running: readonly (Needs | null)[]) => readonly StudyId[];
  /** Whether another one may join that is not over: then the worker waits where all of them are finished. */
  readonly mayGainStudies: () => boolean;
  /** Look again which there are and which of them can be worked on here. */
  readonly refresh: () => Promise<void>;
  /** Take no more trials of this one until a refresh finds that it can be worked on here. */
  readonly leave: (study: StudyId) => void;
  /**
   * Leave one that cannot be asked alone for a while, or until it has changed. False: for the same reason as the last time.
   * @throws the fault itself where the worker is here for this study
   */
  readonly backOff: (fault: StudyFault) => boolean;
  /** These were asked, and none of them failed to answer. */
  readonly answered: (studies: readonly StudyId[]) => void;
}

/** What tells whether a worker can run a study: its code, its packages, what it needs. */
export interface StudyDemands {
  readonly module: Pick<ModuleRef, 'url' | 'sourceHash' | 'packagesHash'>;
  readonly needs: Needs | null;
}

export interface ListedStudy extends StudyDemands {
  readonly id: StudyId;
  readonly name: string;
  readonly revision: number;
  /** Every trial has ended, and no more are asked for. */
  readonly isOver: boolean;
}

/** What of a study does not fit a worker. */
export interface Incompatibility {
  readonly part: 'source' | 'packages' | 'machine';
  readonly because: string;
}

export interface ServedOptions {
  /** Those to be served, as the database has them now. */
  readonly list: () => Promise<readonly ListedStudy[]>;
  /** Whether studies that are created later are to be served as well. */
  readonly open: boolean;
  /** What the process may use. */
  readonly share: Share;
  readonly incompatibilityOf: (study: StudyDemands) => Promise<Incompatibility | null>;
  /** Called once for each version of a study that cannot be worked on here. */
  readonly onIncompatible: (study: ListedStudy, incompatibility: Incompatibility) => void;
}

/** Each look opens files, of which a process may have so many open. */
const checkedAtOnce = 16;

/** Serves every listed study that can be worked on here as it was opened, and leaves the others to other machines. */
export async function serveWhatFits({ list, open, share, incompatibilityOf, onIncompatible }: ServedOptions): Promise<ServedStudies> {
  const reported = new Set<string>();
  const backOff = createBackOff();
  let served: readonly ListedStudy[] = [];
  /** Those that this worker cannot work on. */
  let left: readonly ListedStudy[] = [];
  const refresh = async (): Promise<void> => {
    const studies = await list();
    const incompatibilities: (Incompatibility | null)[] = [];
    for (let i = 0; i < studies.length; i += checkedAtOnce)
      incompatibilities.push(...(await Promise.all(studies.slice(i, i + checkedAtOnce).map(incompatibilityOf))));
    for (const [i, study] of studies.entries()) {
      const incompatibility = incompatibilities[i] ?? null;
      if (incompatibility === null) continue;
      const version = JSON.stringify([study.id, study.module, study.needs, incompatibility]);
      if (!reported.has(version)) onIncompatible(study, incompatibility);
      reported.add(version);
    }
    served = studies.filter((_, i) => incompatibilities[i] === null);
    left = studies.filter((_, i) => incompatibilities[i] !== null);
  };
  await refresh();
  return {
    now: () => idsOf(served),
    fitting: (running) => idsOf(fittingOf(served, running, share).filter((study) => !backOff.isBackingOff(study))),
    mayGainStudies: () => open || [...left, ...served.filter(({ id }) => backOff.has(id))].some(({ isOver }) => !isOver),
    refresh,
    leave: (study) => {
      left = [...left, ...served.filter(({ id }) => id === study)];
      served = served.filter(({ id }) => id !== study);
    },
    backOff: ({ study, message }) => backOff.add(study, message),
    answered: (studies) => studies.forEach(backOff.remove),
  };
}

/** Serves these studies and no others; whether they fit is for the caller to judge. */
export function serveExactly(studies: readonly ListedStudy[], share: Share): ServedStudies {
  return {
    now: () => idsOf(studies),
    fitting: (running) => idsOf(fittingOf(studies, running, share)),
    mayGainStudies: () => false,
    refresh: async () => undefined,
    leave: () => undefined,
    backOff: (fault) => {
      throw fault;
    },
    answered: () => undefined,
  };
}

function fittingOf(studies: readonly ListedStudy[], running: readonly (Needs | null)[], share: Share): readonly ListedStudy[] {
  const left = leftBeside(running, share);
  return studies.filter(({ needs }) => fitsInto(needs, left, share));
}

function idsOf(studies: readonly ListedStudy[]): readonly StudyId[] {
  return studies.map(({ id }) => id);
}
