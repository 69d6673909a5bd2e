/** Decisions that an episode may start at, and how long it may be. */
export interface EpisodeStarts {
  /** For each decision, the most steps of an episode in its range. */
  readonly steps: Int32Array;
  readonly count: number;
  /** The n-th of them, counted from 0. */
  readonly at: (n: number) => number;
}

/**
 * The decisions at which an episode of up to `steps` steps can start without running over the end of its range. In a range that holds no
 * more than `steps` the first one alone.
 * @param ends for each decision the number of decisions up to the end of its range, see `decisionsOfParts`.
 */
export function episodeStarts(ends: Int32Array, steps: number): EpisodeStarts {
  const ranges: { readonly first: number; readonly count: number }[] = [];
  const most = new Int32Array(ends.length);
  let count = 0;
  for (let first = 0; first < ends.length; first = ends[first]!) {
    const length = ends[first]! - first;
    const ofEpisode = Math.max(1, Math.min(steps, length - 1));
    most.fill(ofEpisode, first, ends[first]);
    const ofRange = Math.max(1, length - ofEpisode);
    ranges.push({ first, count: ofRange });
    count += ofRange;
  }
  return {
    steps: most,
    count,
    at: (n) => {
      let left = n;
      for (const range of ranges) {
        if (left < range.count) return range.first + left;
        left -= range.count;
      }
      throw new RangeError(`${n} of ${count} starts`);
    },
  };
}
