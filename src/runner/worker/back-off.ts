import type { StudyId } from '../../search/study/storage.ts';
import type { FaultyStudy } from '../../search/study/study-fault.ts';

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

interface Resting {
  readonly revision: number;
  readonly because: string;
  readonly pauseMs: number;
  readonly untilMs: number;
}

const firstPauseMs = 5000;
const longestPauseMs = 300_000;

export function createBackOff(now: () => number = () => performance.now()): BackOff {
  const resting = new Map<StudyId, Resting>();
  return {
    add: ({ id, revision }, because) => {
      const before = resting.get(id);
      const pauseMs = before === undefined ? firstPauseMs : Math.min(2 * before.pauseMs, longestPauseMs);
      resting.set(id, { revision, because, pauseMs, untilMs: now() + pauseMs });
      return before?.because !== because;
    },
    isBackingOff: ({ id, revision }) => {
      const known = resting.get(id);
      // What was listed before the fault may be older than it.
      return known !== undefined && revision <= known.revision && now() < known.untilMs;
    },
    has: (study) => resting.has(study),
    remove: (study) => resting.delete(study),
  };
}
