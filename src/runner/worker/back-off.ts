import type { StudyId } from '../../search/study/storage.ts';
import type { FaultyStudy, StudyFault } from '../../search/study/study-fault.ts';
import type { WorkerEvent } from '../events.ts';
import { faultOf } from './fault.ts';

/** Exponential back-off for studies whose sampler or pruner throws. */
export interface BackOff {
  /** Leaves the study alone until it changes or its pause, doubled each time, has passed. Returns false if the reason is the same as before. */
  readonly add: (study: Omit<FaultyStudy, 'name'>, because: string) => boolean;
  /** True if the study must not be asked now. */
  readonly isBackingOff: (study: Omit<FaultyStudy, 'name'>) => boolean;
  /** True if the last ask of the study failed. */
  readonly has: (study: StudyId) => boolean;
  /** Ends the back-off of a study. */
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
      // A list read before the fault may hold an older revision.
      return known !== undefined && revision <= known.revision && now() < known.untilMs;
    },
    has: (study) => faulty.has(study),
    remove: (study) => faulty.delete(study),
  };
}

export function backOffEvent(fault: StudyFault): WorkerEvent {
  return { kind: 'study-set-aside', study: fault.study.name, error: faultOf(fault) };
}
