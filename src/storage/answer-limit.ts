import { AsyncLocalStorage } from 'node:async_hooks';
import { AssayError } from '../core/errors.ts';

/**
 * How long a session waits for the answer to one statement by default. Statements take less than a second on a healthy server; the rest is
 * for locks and load.
 */
export const usualAnswerMs = 60_000;

/** For statements that may take long: removing a study, collecting garbage, changing rights. */
export const longAnswerMs = 600_000;

/** For migrations, which may rewrite a large table or wait for another process that does. */
export const migrationAnswerMs = 3_600_000;

const limit = new AsyncLocalStorage<number>();

/** Sets the limit of every answer that is awaited within `work`, at any depth. */
export function withAnswerLimit<Result>(limitMs: number, work: () => Promise<Result>): Promise<Result> {
  return limit.run(limitMs, work);
}

/** The limit set by a caller of `withAnswerLimit`, if any. */
export function answerLimitMs(): number | undefined {
  return limit.getStore();
}

/** Error of the queries of a session that was given up. It counts as a lost connection. */
export function noAnswer(afterMs: number): AssayError {
  return new AssayError('database_unavailable', `no answer from the database for ${seconds(afterMs)}`, {
    hint: 'check the server and the network to it; `assay db status` says more',
  });
}

/** `7.5 s` */
export function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
