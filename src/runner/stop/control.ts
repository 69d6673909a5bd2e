import { longTimeout } from '../../core/long-timeout.ts';
import { obeySignals } from './signals.ts';
import { createStopState, type StopRequest, type StopState } from './stop-state.ts';

export interface ControlOptions {
  /** Drains when aborted. Default: the process's signals. */
  readonly signal?: AbortSignal | undefined;
  /** Drains after this long. */
  readonly timeoutMs?: number | undefined;
  /** Time that running work has after SIGTERM. */
  readonly drainMs?: number | undefined;
  readonly onStop: (request: StopRequest, by: string) => void;
}

/** Combines all sources of stop requests: signals, the caller, the time limit. */
export interface Control {
  readonly stopping: StopState;
  /** Aborted when the process is to end without waiting for its work. */
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
