import type { Needs } from '../../search/study/needs.ts';
import type { ModuleRef, StudyId } from '../../search/study/storage.ts';
import type { StudyFault } from '../../search/study/study-fault.ts';
import { fitsInto, remainingShare, type Share } from '../machine/capacity.ts';
import { createBackOff } from './back-off.ts';

/** The studies whose trials a worker takes. */
export interface ServedStudies {
  readonly now: () => readonly StudyId[];
  /** Studies of which one more trial fits beside the running ones. @param running the needs of each running trial */
  readonly fitting: (running: readonly (Needs | null)[]) => readonly StudyId[];
  /** True if studies may be added later, so that the worker waits instead of ending when all are finished. */
  readonly mayGainStudies: () => boolean;
  /** Reads the list of studies again and checks which are compatible. */
  readonly refresh: () => Promise<void>;
  /** Takes no more trials of a study until a refresh finds it compatible. */
  readonly leave: (study: StudyId) => void;
  /**
   * Starts the back-off of a study that cannot be asked. Returns false if the reason is the same as the last time.
   * @throws the fault itself if the worker serves exactly this study
   */
  readonly backOff: (fault: StudyFault) => boolean;
  /** Ends the back-off of studies that were asked successfully. */
  readonly answered: (studies: readonly StudyId[]) => void;
}

/** What a worker must have to run a study: its source, its packages, its needs. */
export interface StudyDemands {
  readonly module: Pick<ModuleRef, 'url' | 'sourceHash' | 'packagesHash'>;
  readonly needs: Needs | null;
}

export interface ListedStudy extends StudyDemands {
  readonly id: StudyId;
  readonly name: string;
  readonly revision: number;
  /** True if every trial has ended and no more will be asked. */
  readonly isOver: boolean;
}

/** Why a worker cannot run a study. */
export interface Incompatibility {
  readonly part: 'source' | 'packages' | 'machine';
  readonly because: string;
}

export interface ServedOptions {
  /** Reads the studies to serve from the database. */
  readonly list: () => Promise<readonly ListedStudy[]>;
  /** True if studies created later are served, too. */
  readonly open: boolean;
  /** The part of the machine that the process may use. */
  readonly share: Share;
  readonly incompatibilityOf: (study: StudyDemands) => Promise<Incompatibility | null>;
  /** Called once for each incompatible version of a study. */
  readonly onIncompatible: (study: ListedStudy, incompatibility: Incompatibility) => void;
}

/** Studies checked at once: each check opens files, whose number is limited per process. */
const checkedAtOnce = 16;

/** Serves every listed study that is compatible with this worker; the others are left to other machines. */
export async function serveWhatFits({ list, open, share, incompatibilityOf, onIncompatible }: ServedOptions): Promise<ServedStudies> {
  const reported = new Set<string>();
  const backOff = createBackOff();
  let served: readonly ListedStudy[] = [];
  /** Incompatible studies. */
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

/** Serves exactly these studies; the caller has checked their compatibility. */
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
  const left = remainingShare(running, share);
  return studies.filter(({ needs }) => fitsInto(needs, left, share));
}

function idsOf(studies: readonly ListedStudy[]): readonly StudyId[] {
  return studies.map(({ id }) => id);
}
