import { longTimeout } from '../../core/long-timeout.ts';
import { obeySignals } from './signals.ts';
import { createStopState, type StopRequest, type StopState } from './stop-state.ts';

export interface ControlOptions {
  /** Drains when aborted. Without one, the process's own signals are obeyed. */
  readonly signal?: AbortSignal | undefined;
  /** Drains after this long. */
  readonly timeoutMs?: number | undefined;
  /** How long running work may go on after SIGTERM. */
  readonly drainMs?: number | undefined;
  readonly onStop: (request: StopRequest, by: string) => void;
}

/** Everything that can stop what runs here: signals, the caller, the clock. */
export interface Control {
  readonly stopping: StopState;
  /** Aborted when nothing is to be waited for any more. */
  readonly killed: AbortSignal;
  readonly dispose: () => void;
}

export function takeControl({ signal, timeoutMs, drainMs = 30_000, onStop }: ControlOptions): Control {
  const stopping = createStopState();
  const kill = new AbortController();
  stopping.onRequest((request) => onStop(request, stopping.by()));
  const drain = (): void => stopping.stop('drain', String(signal?.reason ?? 'request'));
  if (signal?.aborted) drain();
  signal?.addEventListener('abort', drain);
  const ignoreSignals = signal === undefined ? obeySignals({ stopping, drainMs, kill: () => kill.abort() }) : () => undefined;
  const forgetLimit = timeoutMs === undefined ? () => undefined : longTimeout(timeoutMs, () => stopping.stop('drain', 'the time limit'));
  return {
    stopping,
    killed: kill.signal,
    dispose: () => {
      forgetLimit();
      ignoreSignals();
      signal?.removeEventListener('abort', drain);
    },
  };
}
