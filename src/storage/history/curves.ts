import type { PeerCurve } from '../../search/pruners/pruner.ts';
import type { StudyId } from '../../search/study/storage.ts';

/** A curve as `report` reads it: the last attempt's reports, with the trial's revision. A cancelled trial has none any more. */
export interface ReadCurve extends Omit<PeerCurve, 'state'> {
  readonly state: PeerCurve['state'] | 'cancelled';
  readonly revision: number;
}

type KnownCurve = PeerCurve & Pick<ReadCurve, 'revision'>;

/** The finished and paused curves of each study that this process has read, so that a report reads only newer ones. */
export interface SettledCurves {
  readonly seen: (study: StudyId) => number;
  /** Take in what was read; every curve that is known now, settled ones first. */
  readonly advance: (study: StudyId, read: readonly ReadCurve[]) => readonly PeerCurve[];
}

export function createSettledCurves(): SettledCurves {
  const studies = new Map<StudyId, { seen: number; readonly byNumber: Map<number, KnownCurve> }>();
  return {
    seen: (study) => studies.get(study)?.seen ?? 0,
    advance: (study, read) => {
      const known = studies.get(study) ?? {
        seen: 0,
        byNumber: new Map<number, KnownCurve>(),
      };
      studies.set(study, known);
      const { seen } = known;
      const curves: KnownCurve[] = [];
      for (const curve of read) {
        if (!isShown(curve)) known.byNumber.delete(curve.number);
        else if (curve.state === 'running') curves.push(curve);
        // Of a reply that was overtaken by a newer one: the trial may have gone on since.
        else if (curve.revision > seen) known.byNumber.set(curve.number, curve);
        if (curve.state !== 'running') known.seen = Math.max(known.seen, curve.revision);
      }
      const running = curves.filter(({ number, revision, steps }) => {
        const settled = known.byNumber.get(number);
        // A reply that was overtaken by a newer one may still call a trial running that is known to be settled; and one that goes on is
        // judged by as it was paused until the new attempt has a curve.
        return settled === undefined || (settled.revision < revision && steps.length > 0);
      });
      const resumed = new Set(running.flatMap(({ number }) => (known.byNumber.has(number) ? [number] : [])));
      const settled = [...known.byNumber.values()];
      return [...(resumed.size === 0 ? settled : settled.filter(({ number }) => !resumed.has(number))), ...running];
    },
  };
}

function isShown(curve: ReadCurve): curve is KnownCurve {
  return curve.state !== 'cancelled';
}
