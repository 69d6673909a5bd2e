import { setMaxListeners } from 'node:events';
import { deadline } from '../../core/deadline.ts';
import { messageOf } from '../../core/errors.ts';
import { noAnswer, seconds, withAnswerLimit } from '../../storage/answer-limit.ts';
import { isConnectionLoss, rootOf } from '../../storage/connection-loss.ts';
import type { StorageObserver } from '../telemetry/observed-storage.ts';
import { runRepeatedly } from './run-repeatedly.ts';

/** A shorter limit would give up sessions of a server that is only busy; leases as short as that are for tests. */
const shortestAnswerMs = 2000;

/** How long a worker waits for one answer: a renewal that gets none can be sent once more before the lease has run out. */
export function workerAnswerMs(leaseMs: number): number {
  return Math.max(shortestAnswerMs, leaseMs / 2);
}

/** Whether the database answers this worker: by the calls that it makes anyway, and by asking where it makes none. */
export interface Contact {
  readonly observe: StorageObserver;
  /** A call failed, for this reason, and is made again. */
  readonly failed: (error: unknown) => void;
  /** The time in which the database answers: aborted when it did not for a whole lease. Another one begins with the next answer. */
  readonly period: () => AbortSignal;
  /** Hears, in words, that there was no answer for a whole lease, before the period ends. Returns how to unsubscribe. */
  readonly onSilence: (listener: (because: string) => void) => () => void;
  readonly close: () => void;
}

export interface ContactOptions {
  /** After so long without an answer every lease of the worker has run out, and nobody can have renewed it. */
  readonly leaseMs: number;
  /** Asks the database anything; null while there is no session to ask on. */
  readonly ask: () => Promise<unknown> | null;
  readonly tell: (event: ContactEvent) => void;
}

export type ContactEvent =
  | { readonly kind: 'silent'; readonly silentMs: number; readonly because: string }
  | { readonly kind: 'answers'; readonly silentMs: number };

/** In silence the database is asked this often; a session that cannot be opened takes its own time on top. */
const askInSilenceMs = 1000;

/** Every call to the database listens to it. */
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
  const judge = (error: unknown): void => {
    // An error of the database's own is an answer.
    if (isConnectionLoss(error)) lastFailure = error;
    else hear();
  };

  const beatMs = leaseMs / 3;
  const nextMs = (): number => (current.signal.aborted ? Math.min(askInSilenceMs, beatMs) : beatMs);
  const beat = async (): Promise<number> => {
    if (performance.now() - heardAtMs >= beatMs) await withAnswerLimit(workerAnswerMs(leaseMs), async () => ask()?.then(hear, judge));
    return nextMs();
  };
  const stopAsking = runRepeatedly(beatMs, beat, judge);
  arm();
  return {
    observe: () => (ended) => (ended.kind === 'answered' ? hear() : judge(ended.error)),
    failed: judge,
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
