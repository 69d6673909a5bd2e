import type { FeedClock } from '../feed/feed-clock.ts';

/** How fast a recorded market goes: n times its own speed, or as fast as each client reads. */
export type Speed = number | 'max';

/** The time of a recorded market, the same for every client of a gateway. */
export interface MarketClock {
  /** From the first session on the market goes. */
  readonly begin: () => void;
  /** Records that were known before it are the past; null: whatever the recordings begin with is the present. */
  readonly now: () => bigint | null;
  /** Milliseconds until something that becomes known at `time`; 0: it is there. */
  readonly untilMs: (time: bigint) => number;
}

/** @param start market time at which the market begins; null, for `max` only: with the recordings. */
export function createMarketClock(speed: Speed, start: bigint | null, clock: FeedClock): MarketClock {
  if (speed === 'max') return { begin: () => undefined, now: () => start, untilMs: () => 0 };
  const from = start ?? 0n;
  let begunAt: bigint | null = null;
  const now = (): bigint => (begunAt === null ? from : from + BigInt(Math.round(Number(clock.now() - begunAt) * speed)));
  return {
    now,
    begin: () => {
      begunAt ??= clock.now();
    },
    untilMs: (time) => {
      const ahead = time - now();
      return ahead <= 0n ? 0 : Math.ceil(Number(ahead) / 1e6 / speed);
    },
  };
}
