import { AsyncLocalStorage } from 'node:async_hooks';
import { AssayError } from '../core/errors.ts';

/**
 * How long a session waits for the answer to one statement when nothing else is said. Every statement of ours is done within a second on a
 * healthy server; the rest is for locks, and for a server that is very busy.
 */
export const usualAnswerMs = 60_000;

/** For statements that may rightly take long: removing a study, collecting garbage, changing rights. */
export const longAnswerMs = 600_000;

/** A migration may rewrite a large table, or wait for another process that does. */
export const migrationAnswerMs = 3_600_000;

const limit = new AsyncLocalStorage<number>();

/** Whatever is asked of a database within `work`, however deep, waits so long for each answer. */
export function withAnswerLimit<Result>(limitMs: number, work: () => Promise<Result>): Promise<Result> {
  return limit.run(limitMs, work);
}

/** The limit of the caller's own, if it has one. */
export function answerLimitMs(): number | undefined {
  return limit.getStore();
}

/** What the queries of a session fail with that was given up. It counts as a loss of the connection. */
export function noAnswer(afterMs: number): AssayError {
  return new AssayError('database_unavailable', `no answer from the database for ${seconds(afterMs)}`, {
    hint: 'check the server and the network to it; `assay db status` says more',
  });
}

/** `7.5 s` */
export function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
