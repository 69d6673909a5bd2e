import { longTimeout } from '../../core/long-timeout.ts';
import type { StopState } from './stop-state.ts';

export interface SignalOptions {
  readonly stopping: StopState;
  /** Time that trials have after SIGTERM before they are given back to the queue. */
  readonly drainMs: number;
  readonly kill: () => void;
}

/**
 * Turns the process's signals into stop requests while a study runs. Returns the function that stops listening.
 *
 * - Ctrl-C (SIGINT): first drain (running trials finish, no new ones start), then cancel (running trials end as
 *   `cancelled`; the budget may replace them), then kill.
 * - SIGTERM and SIGHUP, from a scheduler or a closed terminal: drain, then release unfinished trials after `drainMs`, or at once
 *   at a second signal. Released trials resume when the study does.
 */
export function obeySignals({ stopping, drainMs, kill }: SignalOptions): () => void {
  let forgetDeadline: (() => void) | undefined;
  const onInterrupt = (): void => {
    if (stopping.request() === null) stopping.stop('drain', 'Ctrl-C');
    else if (stopping.request() === 'cancel') kill();
    else stopping.stop('cancel', 'Ctrl-C');
  };
  const onTerminate = (signal: NodeJS.Signals): void => {
    if (forgetDeadline !== undefined) {
      stopping.stop('release', signal);
      return;
    }
    stopping.stop('drain', signal);
    forgetDeadline = longTimeout(drainMs, () => stopping.stop('release', signal));
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  process.on('SIGHUP', onTerminate);
  return () => {
    forgetDeadline?.();
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onTerminate);
    process.off('SIGHUP', onTerminate);
  };
}
