import { deadline } from '../../core/deadline.ts';

/** The time of a feed and its timers; tests move another one by hand. */
export interface FeedClock {
  /** Nanoseconds since the epoch. */
  readonly now: () => bigint;
  /** Calls once after a time; returns a function that cancels it. */
  readonly after: (ms: number, call: () => void) => () => void;
}

export const systemFeedClock: FeedClock = {
  now: () => BigInt(Date.now()) * 1_000_000n,
  after: deadline,
};
