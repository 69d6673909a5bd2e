import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AssayError, messageOf } from '../../core/errors.ts';
import type { ClaimRequest, Storage } from '../../search/study/storage.ts';
import { withAnswerLimit } from '../../storage/answer-limit.ts';
import { isConnectionLoss, rootOf } from '../../storage/connection-loss.ts';

export interface PersistOptions {
  /** Time without an answer after which the verb fails with `database_unavailable`. */
  readonly patienceMs: number;
  /** Called before each retry; may restart the server. If it rejects, the server counts as still unavailable. */
  readonly revive: () => Promise<void>;
  readonly onRetry: (error: unknown) => void;
  /** Ends the retries: the verb then fails with the signal's reason, a `database_unavailable`. */
  readonly until?: AbortSignal | undefined;
  /** Time that a pending call still has when the retries end. Default 0. */
  readonly farewellMs?: number | undefined;
  /** Time limit of the first try; it doubles with each retry. Default: none. */
  readonly answerMs?: number | undefined;
}

const firstDelayMs = 50;
/** A restored network is noticed within this, plus the time of one failed attempt to open a session. */
const longestDelayMs = 1000;
/** Most doublings of `answerMs`: a busy server or a long wait for a lock is no outage. */
const mostDoublings = 5;

/**
 * Wraps a storage so that its verbs survive an outage of the database: a restart of the server costs a pause and no trial.
 * Safe because every verb may be repeated: fenced verbs change nothing twice, an `ask` whose reply was lost leaves a queued trial,
 * `recordResult` stores a result once, `claim` and `take` get the trial of the lost reply, and a lease that ran out is answered `lost`.
 * @param ofLease returns options that differ for the verbs of a running trial
 */
export function persistent(storage: Storage, options: PersistOptions, ofLease: () => Partial<PersistOptions> = () => ({})): Storage {
  const again =
    <Args extends readonly unknown[], Result>(verb: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> =>
      persist(() => verb(...args), options);
  /** Wraps a verb of a running trial. */
  const held =
    <Args extends readonly unknown[], Result>(verb: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> =>
      persist(() => verb(...args), { ...options, ...ofLease() });
  const takingAgain =
    <Result>(verb: (request: ClaimRequest) => Promise<Result>) =>
    (request: ClaimRequest): Promise<Result> => {
      const named = { token: randomUUID(), ...request };
      return persist((tries) => verb(tries === 0 ? named : { ...named, repeated: true }), options);
    };
  return {
    open: again(storage.open),
    ask: again(storage.ask),
    recordResult: again(storage.recordResult),
    claim: takingAgain(storage.claim),
    take: takingAgain(storage.take),
    report: held(storage.report),
    renew: held(storage.renew),
    finish: held(storage.finish),
    release: held(storage.release),
    pause: held(storage.pause),
    reap: again(storage.reap),
    expiries: again(storage.expiries),
    checkpoint: held(storage.checkpoint),
    findCheckpoint: held(storage.findCheckpoint),
    resume: held(storage.resume),
    dropCheckpoints: held(storage.dropCheckpoints),
    attach: held(storage.attach),
    recordDataRead: held(storage.recordDataRead),
    recordDataDays: held(storage.recordDataDays),
  };
}

/** Calls `verb` until the database answers; it must be repeatable. @param verb receives the number of earlier tries */
export async function persist<Result>(verb: (tries: number) => Promise<Result>, options: PersistOptions): Promise<Result> {
  const { patienceMs, revive, onRetry, until, farewellMs = 0, answerMs } = options;
  const startedAtMs = performance.now();
  const isOver = (): boolean => until?.aborted === true;
  const attempt = (tries: number): Promise<Result> => {
    const called = (): Promise<Result> => (until === undefined ? verb(tries) : orEnded(verb(tries), until, farewellMs));
    return answerMs === undefined ? called() : withAnswerLimit(answerMs * 2 ** Math.min(tries, mostDoublings), called);
  };
  for (let [tries, delayMs] = [0, firstDelayMs]; ; tries++, delayMs = Math.min(2 * delayMs, longestDelayMs)) {
    until?.throwIfAborted();
    try {
      return await attempt(tries);
    } catch (error) {
      if (isOver()) throw until!.reason;
      const away = isConnectionLoss(error);
      if (!away && !isTurnedAway(error)) throw error;
      if (performance.now() - startedAtMs + delayMs > patienceMs)
        throw new AssayError('database_unavailable', `the database does not answer: ${messageOf(rootOf(error))}`, {
          cause: error,
          hint: 'check the server and DATABASE_URL, then run again: the study resumes where it stopped',
        });
      onRetry(rootOf(error));
      // Jitter separates workers that conflicted. The signal also ends this pause.
      await sleep(delayMs * (0.5 + Math.random()), undefined, { signal: until }).catch(() => undefined);
      if (away && !isOver()) await orEnded(revive(), until, 0).catch(onRetry);
    }
  }
}

/** Returns the answer; throws the signal's reason if that comes first and the answer does not follow within `farewellMs`. */
function orEnded<Result>(answer: Promise<Result>, until: AbortSignal | undefined, farewellMs: number): Promise<Result> {
  if (until === undefined) return answer;
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const end = (): void => {
      if (farewellMs === 0) reject(until.reason as Error);
      else timer = setTimeout(() => reject(until.reason as Error), farewellMs);
    };
    if (until.aborted) end();
    else until.addEventListener('abort', end, { once: true });
    answer.then(resolve, reject).finally(() => {
      until.removeEventListener('abort', end);
      clearTimeout(timer);
    });
  });
}

/**
 * True for a temporary refusal of the server: serialization failure or deadlock (40001, 40P01), no memory or session left
 * (53200, 53300), read-only (25006: a standby that becomes the primary). A later retry may succeed.
 */
export function isTurnedAway(error: unknown): boolean {
  const root = rootOf(error);
  return root instanceof Error && 'code' in root && typeof root.code === 'string' && /^(40001|40P01|53200|53300|25006)$/.test(root.code);
}
