import { longTimeout } from '../../core/long-timeout.ts';
import type { StopState } from './stop-state.ts';

export interface SignalOptions {
  readonly stopping: StopState;
  /** How long trials may go on after SIGTERM before they are given back to the queue. */
  readonly drainMs: number;
  readonly kill: () => void;
}

/**
 * What the process's signals mean while a study runs. Returns how to stop listening.
 *
 * - Ctrl-C (SIGINT): first drain (running trials finish, no new ones start), then cancel (running trials end as
 *   `cancelled`; the budget may replace them), then kill.
 * - SIGTERM and SIGHUP, from a scheduler or a closed terminal: drain, and give back what is not finished after `drainMs`;
 *   sent again, at once. The trials go on where the study goes on.
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
