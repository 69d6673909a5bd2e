import type { LookAheadCheck, LookAheadPlace } from '../../search/study/checks.ts';

/** Counts the rows of a prefix test. */
export interface Tally {
  /** Adds one row; `place` is the first value that changed up to it (null: none did). */
  readonly add: (place: LookAheadPlace | null) => void;
  readonly result: () => LookAheadCheck;
}

export function createTally(): Tally {
  let rows = 0;
  let changed = 0;
  let first: LookAheadPlace | null = null;
  return {
    add: (place) => {
      rows++;
      if (place === null) return;
      changed++;
      if (first === null || place.row < first.row) first = place;
    },
    result: () => ({ rows, changed, first }),
  };
}
