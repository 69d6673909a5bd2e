import { eq } from 'drizzle-orm';
import pg from 'pg';
import { AssayError } from '../../core/errors.ts';
import { hashOf } from '../../core/json.ts';
import { rootOf } from '../connection-loss.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';

/** A request that may be sent again: the caller's key, a UUID, and a hash of the content. */
export interface KeyedRequest {
  readonly key: string;
  readonly hash: string;
}

/** @param content everything that the caller sends; numbers may be infinite or NaN, which JSON lacks */
export function keyedRequest(key: string, content: object): KeyedRequest {
  const text = JSON.stringify(content, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? { nonFinite: String(value) } : value,
  );
  return { key, hash: hashOf(JSON.parse(text)) };
}

/**
 * Number of the trial that this request entered before (null: none).
 * @throws AssayError `conflict` if the key was sent before with another content, in any study
 */
export async function enteredUnder(db: Db, { key, hash }: KeyedRequest): Promise<number | null> {
  const [entered] = await db.select({ number: trials.number, hash: trials.requestHash }).from(trials).where(eq(trials.idempotencyKey, key));
  if (entered === undefined) return null;
  // Earlier releases stored no hash of the content.
  if (entered.hash === null || entered.hash === hash) return entered.number;
  throw new AssayError('conflict', 'this key was sent before with another request', {
    place: 'idempotency-key',
    hint: 'use a new key for each trial',
  });
}

/**
 * Runs a transaction that enters a trial under a key. If one of another study enters its trial under the same key at the same moment, the
 * transaction runs again and finds that trial.
 */
export async function onceForEachKey<Result>(db: Db, enter: (tx: Db) => Promise<Result>): Promise<Result> {
  try {
    return await db.transaction(enter);
  } catch (error) {
    if (!isKeyTaken(error)) throw error;
    return db.transaction(enter);
  }
}

function isKeyTaken(error: unknown): boolean {
  const cause = rootOf(error);
  return cause instanceof pg.DatabaseError && cause.code === '23505' && cause.constraint === 'trials_order';
}
