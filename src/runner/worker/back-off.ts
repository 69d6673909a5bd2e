import type { StudyId } from '../../search/study/storage.ts';
import type { FaultyStudy, StudyFault } from '../../search/study/study-fault.ts';
import type { WorkerEvent } from './events.ts';
import { faultOf } from './fault.ts';

/** The studies that cannot be asked for a trial, each left alone for a while. */
export interface BackOff {
  /** Until it has changed, or for a while that is longer each time. False: it was set aside for the same before. */
  readonly add: (study: Omit<FaultyStudy, 'name'>, because: string) => boolean;
  /** Whether it is to be left alone now. */
  readonly isBackingOff: (study: Omit<FaultyStudy, 'name'>) => boolean;
  /** Whether it could not be asked the last time. */
  readonly has: (study: StudyId) => boolean;
  /** It can be asked again. */
  readonly remove: (study: StudyId) => void;
}

interface FaultyEntry {
  readonly revision: number;
  readonly because: string;
  readonly pauseMs: number;
  readonly untilMs: number;
}

const firstPauseMs = 5000;
const longestPauseMs = 300_000;

export function createBackOff(now: () => number = () => performance.now()): BackOff {
  const faulty = new Map<StudyId, FaultyEntry>();
  return {
    add: ({ id, revision }, because) => {
      const before = faulty.get(id);
      const pauseMs = before === undefined ? firstPauseMs : Math.min(2 * before.pauseMs, longestPauseMs);
      faulty.set(id, { revision, because, pauseMs, untilMs: now() + pauseMs });
      return before?.because !== because;
    },
    isBackingOff: ({ id, revision }) => {
      const known = faulty.get(id);
      // What was listed before the fault may be older than it.
      return known !== undefined && revision <= known.revision && now() < known.untilMs;
    },
    has: (study) => faulty.has(study),
    remove: (study) => faulty.delete(study),
  };
}

export function backOffEvent(fault: StudyFault): WorkerEvent {
  return { kind: 'study-set-aside', study: fault.study.name, error: faultOf(fault) };
}
