import type { PeerCurve } from '../../search/pruners/pruner.ts';
import type { StudyId } from '../../search/study/storage.ts';

/** A curve as `report` reads it: the last attempt's reports and the trial's revision. Cancelled trials have none. */
export interface ReadCurve extends Omit<PeerCurve, 'state'> {
  readonly state: PeerCurve['state'] | 'cancelled';
  readonly revision: number;
}

type KnownCurve = PeerCurve & Pick<ReadCurve, 'revision'>;

/** Finished and paused curves of each study that this process has read, so that a report reads only newer ones. */
export interface SettledCurves {
  readonly seen: (study: StudyId) => number;
  /** Adds what was read. Returns all known curves, finished and paused ones first. */
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
        // A newer reply came first: the trial may have been resumed since.
        else if (curve.revision > seen) known.byNumber.set(curve.number, curve);
        if (curve.state !== 'running') known.seen = Math.max(known.seen, curve.revision);
      }
      const running = curves.filter(({ number, revision, steps }) => {
        const settled = known.byNumber.get(number);
        // A reply that a newer one overtook may still show a finished trial as running. A resumed trial keeps its paused curve until the
        // new attempt reports.
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
