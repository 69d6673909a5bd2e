import { setTimeout as sleep } from 'node:timers/promises';

/** Restarts a server that died. */
export interface Revival {
  /** Starts an attempt, unless one is under way. Called when the server does not answer. */
  readonly begin: () => void;
  /** Ends the attempts; one that is under way is waited for. */
  readonly close: () => Promise<void>;
}

export interface RevivalOptions {
  readonly revive: () => Promise<void>;
  /** Called for every failed attempt. */
  readonly onFault: (error: unknown) => void;
  /** Before the second attempt; doubled for each further one. Default 1 s. */
  readonly firstDelayMs?: number;
  /** Default 60 s. A server that lived this long is begun at once when it dies. */
  readonly longestDelayMs?: number;
}

/**
 * Attempts until one succeeds: the first at once, each further one after twice the pause before. A server that dies again soon after it was
 * restarted counts as a failed attempt, so that a server that cannot run is not started all the time.
 */
export function createRevival({ revive, onFault, firstDelayMs = 1000, longestDelayMs = 60_000 }: RevivalOptions): Revival {
  const closing = new AbortController();
  let attempts: Promise<void> | undefined;
  let delayMs = 0;
  let aliveSinceMs = Number.NEGATIVE_INFINITY;

  const attempt = async (): Promise<void> => {
    if (performance.now() - aliveSinceMs > longestDelayMs) delayMs = 0;
    while (!closing.signal.aborted) {
      // A close cuts it short.
      if (delayMs > 0) await sleep(delayMs, undefined, { signal: closing.signal }).catch(() => undefined);
      if (closing.signal.aborted) return;
      delayMs = Math.min(Math.max(2 * delayMs, firstDelayMs), longestDelayMs);
      try {
        await revive();
        aliveSinceMs = performance.now();
        return;
      } catch (error) {
        onFault(error);
      }
    }
  };

  return {
    begin: () => {
      if (closing.signal.aborted) return;
      attempts ??= attempt().finally(() => {
        attempts = undefined;
      });
    },
    close: async () => {
      closing.abort();
      await attempts;
    },
  };
}
