import type { PeerCurve } from '../../search/pruners/pruner.ts';
import type { StudyId } from '../../search/study/storage.ts';

/** A curve as `report` reads it: the last attempt's reports, with the trial's revision. */
export interface ReadCurve extends PeerCurve {
  readonly revision: number;
}

/** The finished and paused curves of each study that this process has read, so that a report reads only newer ones. */
export interface SettledCurves {
  readonly seen: (study: StudyId) => number;
  /** Take in what was read; every curve that is known now, settled ones first. */
  readonly advance: (study: StudyId, read: readonly ReadCurve[]) => readonly PeerCurve[];
}

export function createSettledCurves(): SettledCurves {
  const studies = new Map<StudyId, { seen: number; readonly byNumber: Map<number, ReadCurve> }>();
  return {
    seen: (study) => studies.get(study)?.seen ?? 0,
    advance: (study, read) => {
      const known = studies.get(study) ?? {
        seen: 0,
        byNumber: new Map<number, ReadCurve>(),
      };
      studies.set(study, known);
      for (const curve of read) {
        if (curve.state === 'running') continue;
        known.byNumber.set(curve.number, curve);
        known.seen = Math.max(known.seen, curve.revision);
      }
      const running = read.filter(({ state, number, revision, steps }) => {
        const settled = known.byNumber.get(number);
        // A reply that was overtaken by a newer one may still call a trial running that is known to be settled; and one that goes on is
        // judged by as it was paused until the new attempt has a curve.
        return state === 'running' && (settled === undefined || (settled.revision < revision && steps.length > 0));
      });
      const resumed = new Set(running.flatMap(({ number }) => (known.byNumber.has(number) ? [number] : [])));
      const settled = [...known.byNumber.values()];
      return [...(resumed.size === 0 ? settled : settled.filter(({ number }) => !resumed.has(number))), ...running];
    },
  };
}
