import { setMaxListeners } from 'node:events';
import { deadline } from '../../core/deadline.ts';
import { messageOf } from '../../core/errors.ts';
import { runRepeatedly } from '../../core/run-repeatedly.ts';
import { noAnswer, seconds, withAnswerLimit } from '../../storage/answer-limit.ts';
import { isWithoutAnswer, rootOf } from '../../storage/connection-loss.ts';
import type { StorageObserver } from '../telemetry/observed-storage.ts';

/** Lower bound: a shorter limit would give up sessions of a busy server. Only tests have such short leases. */
const shortestAnswerMs = 2000;

/** Returns a worker's time limit for one answer, so that a renewal can be repeated once before the lease runs out. */
export function workerAnswerMs(leaseMs: number): number {
  return Math.max(shortestAnswerMs, leaseMs / 2);
}

/** Monitors whether the database answers this worker, by the worker's own calls and by a probe where there are none. */
export interface Contact {
  readonly observe: StorageObserver;
  /** Reports the error of a call that is repeated. */
  readonly failed: (error: unknown) => void;
  /** Signal of the current period, aborted after a whole lease without an answer. The next answer begins a new period. */
  readonly period: () => AbortSignal;
  /** Calls `listener` with the reason before a period ends in silence. Returns the function that unsubscribes. */
  readonly onSilence: (listener: (because: string) => void) => () => void;
  readonly close: () => void;
}

export interface ContactOptions {
  /** Time without an answer after which every lease of the worker has run out. */
  readonly leaseMs: number;
  /** Sends a trivial query (null: there is no session). */
  readonly ask: () => Promise<unknown> | null;
  readonly tell: (event: ContactEvent) => void;
}

export type ContactEvent =
  | { readonly kind: 'silent'; readonly silentMs: number; readonly because: string }
  | { readonly kind: 'answers'; readonly silentMs: number };

/** Interval of probes during silence; the time to open a session is added. */
const askInSilenceMs = 1000;

/** Creates a controller without a limit of listeners, because every database call adds one. */
function period(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

export function watchContact({ leaseMs, ask, tell }: ContactOptions): Contact {
  const listeners = new Set<(because: string) => void>();
  let current = period();
  let heardAtMs = performance.now();
  let lastFailure: unknown = null;
  let callOff = (): void => undefined;

  const fallSilent = (): void => {
    const silentMs = performance.now() - heardAtMs;
    const because = lastFailure === null ? '' : messageOf(rootOf(lastFailure));
    tell({ kind: 'silent', silentMs, because });
    for (const listener of listeners) listener(`no answer from the database for ${seconds(silentMs)}`);
    current.abort(noAnswer(silentMs));
  };
  const arm = (): void => {
    callOff();
    callOff = deadline(leaseMs, fallSilent);
  };
  const hear = (): void => {
    if (current.signal.aborted) {
      current = period();
      tell({ kind: 'answers', silentMs: performance.now() - heardAtMs });
    }
    heardAtMs = performance.now();
    lastFailure = null;
    arm();
  };
  const recordFailure = (error: unknown): void => {
    // An error from the database itself is an answer.
    if (isWithoutAnswer(error)) lastFailure = error;
    else hear();
  };

  const beatMs = leaseMs / 3;
  const nextMs = (): number => (current.signal.aborted ? Math.min(askInSilenceMs, beatMs) : beatMs);
  const beat = async (): Promise<number> => {
    if (performance.now() - heardAtMs >= beatMs)
      await withAnswerLimit(workerAnswerMs(leaseMs), async () => ask()?.then(hear, recordFailure));
    return nextMs();
  };
  const stopAsking = runRepeatedly(beatMs, beat, recordFailure);
  arm();
  return {
    observe: () => (ended) => (ended.kind === 'answered' ? hear() : recordFailure(ended.error)),
    failed: recordFailure,
    period: () => current.signal,
    onSilence: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      stopAsking();
      callOff();
    },
  };
}
