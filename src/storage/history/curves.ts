import type { PeerCurve } from '../../search/pruners/pruner.ts';
import type { StudyId } from '../../search/study/storage.ts';

/** A curve as `report` reads it: the last attempt's reports, with the trial's revision. */
export interface ReadCurve extends PeerCurve {
  readonly revision: number;
}

/** The finished curves of each study that this process has read. They never change again, so a report reads only newer ones. */
export interface FinishedCurves {
  readonly seen: (study: StudyId) => number;
  /** Take in what was read; every curve that is known now, finished ones first. */
  readonly advance: (study: StudyId, read: readonly ReadCurve[]) => readonly PeerCurve[];
}

export function createFinishedCurves(): FinishedCurves {
  const studies = new Map<StudyId, { seen: number; readonly byNumber: Map<number, PeerCurve> }>();
  return {
    seen: (study) => studies.get(study)?.seen ?? 0,
    advance: (study, read) => {
      const known = studies.get(study) ?? {
        seen: 0,
        byNumber: new Map<number, PeerCurve>(),
      };
      studies.set(study, known);
      for (const curve of read) {
        if (curve.state === 'running') continue;
        known.byNumber.set(curve.number, curve);
        known.seen = Math.max(known.seen, curve.revision);
      }
      // A reply that was overtaken by a newer one may still call a trial running that is known to be finished.
      return [...known.byNumber.values(), ...read.filter(({ state, number }) => state === 'running' && !known.byNumber.has(number))];
    },
  };
}
