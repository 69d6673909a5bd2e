import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AssayError, messageOf } from '../../core/errors.ts';
import type { ClaimRequest, Storage } from '../../search/study/storage.ts';
import { withAnswerLimit } from '../../storage/answer-limit.ts';
import { isConnectionLoss, rootOf } from '../../storage/connection-loss.ts';

export interface PersistOptions {
  /** After this long without an answer the verb fails with `database_unavailable`. */
  readonly patienceMs: number;
  /** Called before each new try; may bring the server back. Its own failure counts as the server still being away. */
  readonly revive: () => Promise<void>;
  readonly onRetry: (error: unknown) => void;
  /** Ends the trying: the verb then fails with the signal's reason, a `database_unavailable`. */
  readonly until?: AbortSignal | undefined;
  /** What is on its way when the trying ends is waited for so long. Default 0. */
  readonly farewellMs?: number | undefined;
  /** How long the first try waits for each answer; one whose session was given up for its silence waits twice as long the next time. */
  readonly answerMs?: number | undefined;
}

const firstDelayMs = 50;
/** A network that is back is noticed within this and the time that a session in vain takes to open. */
const longestDelayMs = 1000;
/** Doublings of `answerMs`: a busy server, or a long wait for a lock, is not silence. */
const mostDoublings = 5;

/**
 * The same storage, which outlives a database that is away for a while: a restart of the server costs a pause and no trial.
 * Safe because every verb may be repeated: fenced ones change nothing twice, an `ask` whose reply was lost leaves a queued trial, an `add`
 * enters a result once, a `claim` or `take` gets the trial of the lost reply, and a lease that ran out meanwhile is answered `lost`.
 * @param ofLease asked at each verb of a trial that runs here: what is different for those
 */
export function persistent(storage: Storage, options: PersistOptions, ofLease: () => Partial<PersistOptions> = () => ({})): Storage {
  const again =
    <Args extends readonly unknown[], Result>(verb: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> =>
      persist(() => verb(...args), options);
  /** A verb of a trial that runs here. */
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
  };
}

/** Calls until the database answers. Only for what may be repeated. @param verb hears how often it was called before */
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
          hint: 'check the server and DATABASE_URL, then run again: the study goes on where it stopped',
        });
      onRetry(rootOf(error));
      // Those that got into each other's way shall not meet again. What ends the trying ends this pause as well.
      await sleep(delayMs * (0.5 + Math.random()), undefined, { signal: until }).catch(() => undefined);
      if (away && !isOver()) await orEnded(revive(), until, 0).catch(onRetry);
    }
  }
}

/** The answer, or the reason of the signal where that comes first and the answer not within the farewell. */
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
 * Whether the server was there and refused for now: a serialization failure or deadlock (40001, 40P01: others went first), no session or
 * memory left (53200, 53300), a server that only reads yet (25006: a standby that is being promoted). What is repeated later may succeed.
 */
export function isTurnedAway(error: unknown): boolean {
  const root = rootOf(error);
  return root instanceof Error && 'code' in root && typeof root.code === 'string' && /^(40001|40P01|53200|53300|25006)$/.test(root.code);
}
