import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AssayError, messageOf } from '../../core/errors.ts';
import type { ClaimRequest, Storage } from '../../search/study/storage.ts';
import { isConnectionLoss, rootOf } from '../../storage/connection-loss.ts';

export interface PersistOptions {
  /** After this long without an answer the verb fails with `database_unavailable`. */
  readonly patienceMs: number;
  /** Called before each new try; may bring the server back. Its own failure counts as the server still being away. */
  readonly revive: () => Promise<void>;
  readonly onRetry: (error: unknown) => void;
}

const firstDelayMs = 50;
const longestDelayMs = 2000;

/**
 * The same storage, which outlives a database that is away for a while: a restart of the server costs a pause and no trial.
 * Safe because every verb may be repeated: fenced ones change nothing twice, an `ask` whose reply was lost leaves a queued trial, an `add`
 * enters a result once, a `claim` or `take` gets the trial of the lost reply, and a lease that ran out meanwhile is answered `lost`.
 */
export function persistent(storage: Storage, options: PersistOptions): Storage {
  const again =
    <Args extends readonly unknown[], Result>(verb: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> =>
      persist(() => verb(...args), options);
  const takingAgain =
    <Result>(verb: (request: ClaimRequest) => Promise<Result>) =>
    (request: ClaimRequest): Promise<Result> => {
      const named = { token: randomUUID(), ...request };
      return persist((tries) => verb(tries === 0 ? named : { ...named, repeated: true }), options);
    };
  return {
    open: again(storage.open),
    ask: again(storage.ask),
    add: again(storage.add),
    claim: takingAgain(storage.claim),
    take: takingAgain(storage.take),
    report: again(storage.report),
    renew: again(storage.renew),
    finish: again(storage.finish),
    release: again(storage.release),
    pause: again(storage.pause),
    reap: again(storage.reap),
    expiries: again(storage.expiries),
    checkpoint: again(storage.checkpoint),
    findCheckpoint: again(storage.findCheckpoint),
    resume: again(storage.resume),
    dropCheckpoints: again(storage.dropCheckpoints),
    attach: again(storage.attach),
    read: again(storage.read),
  };
}

/** Calls until the database answers. Only for what may be repeated. @param verb hears how often it was called before */
export async function persist<Result>(
  verb: (tries: number) => Promise<Result>,
  { patienceMs, revive, onRetry }: PersistOptions,
): Promise<Result> {
  const startedAtMs = performance.now();
  for (let [tries, delayMs] = [0, firstDelayMs]; ; tries++, delayMs = Math.min(2 * delayMs, longestDelayMs)) {
    try {
      return await verb(tries);
    } catch (error) {
      const away = isConnectionLoss(error);
      if (!away && !isTurnedAway(error)) throw error;
      if (performance.now() - startedAtMs + delayMs > patienceMs)
        throw new AssayError('database_unavailable', `the database does not answer: ${messageOf(rootOf(error))}`, {
          cause: error,
          hint: 'check the server and DATABASE_URL, then run again: the study goes on where it stopped',
        });
      onRetry(rootOf(error));
      // Those that got into each other's way shall not meet again.
      await sleep(delayMs * (0.5 + Math.random()));
      if (away) await revive().catch(onRetry);
    }
  }
}

/**
 * Whether the server was there and refused for now: a serialization failure or deadlock (40001, 40P01: others went first), no session or
 * memory left (53200, 53300), a server that only reads yet (25006: a standby that is being promoted). What is repeated later may succeed.
 */
export function isTurnedAway(error: unknown): boolean {
  const root = rootOf(error);
  return root instanceof Error && 'code' in root && typeof root.code === 'string' && /^(40001|40P01|53200|53300|25006)$/.test(root.code);
}
