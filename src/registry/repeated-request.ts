import { desc, sql } from 'drizzle-orm';
import { AssayError } from '../core/errors.ts';
import type { Db } from '../storage/database.ts';
import { promotions } from '../storage/schema/index.ts';
import { namedPolicy } from './asked-policies.ts';
import { historyItem, parseRecord } from './history.ts';
import type { Decision, PromotionRequest } from './promote.ts';
import { isDecision, type LedgerRecord, type Sealed } from './record.ts';
import { tellWitness, witnessOf } from './witness.ts';

interface StoredRecord {
  readonly record: LedgerRecord;
  readonly sealed: Sealed;
}

/** The record that a request made (null: none). Only under the ledger's lock does the answer stay true. */
export async function recordOfRequest(db: Db, request: string | undefined): Promise<StoredRecord | null> {
  if (request === undefined) return null;
  const [row] = await db
    .select({ record: promotions.record, hash: promotions.hash, signature: promotions.signature })
    .from(promotions)
    .where(sql`${promotions.record}::jsonb ->> 'request' = ${request}`)
    .orderBy(desc(promotions.sequence))
    .limit(1);
  return row === undefined ? null : { record: parseRecord(row.record), sealed: row };
}

/** What a request for a promotion says, whatever the gates say of it. */
export type AskedPromotion = Pick<PromotionRequest, 'model' | 'alias' | 'address' | 'reason' | 'override' | 'as' | 'request'> & {
  /** Name of the gate policy that is asked beside the study's own. */
  readonly policy?: string | undefined;
};

/**
 * The decision on a request that was decided before (null: it was not).
 * @throws AssayError `conflict` if its key came with another request
 */
export async function decisionOfRequest(db: Db, asked: AskedPromotion): Promise<Omit<Decision, 'bundle' | 'witnessed'> | null> {
  const found = await recordOfRequest(db, asked.request);
  if (found === null) return null;
  const { record, sealed } = found;
  const isSame =
    isDecision(record) &&
    record.model === asked.model &&
    record.alias === asked.alias &&
    record.address === asked.address &&
    record.reason === (asked.override ?? asked.reason ?? null) &&
    (record.kind === 'override') === (asked.override !== undefined) &&
    (record.override?.promotionReason ?? null) === (asked.override === undefined ? null : (asked.reason ?? null)) &&
    record.by.as === asked.as?.trim() &&
    namedPolicy(record.gates.policies.map(({ by, rules }) => ({ by, policy: rules }))) === asked.policy;
  if (!isSame) throw otherRequest(record);
  return { passed: record.passed, version: record.version, promotion: historyItem(record, sealed), record };
}

/**
 * The answer to a request that was decided before (null: it was not): that of the first time. A record that did not reach the witness then is written to it now.
 * @throws AssayError as {@link decisionOfRequest}; `config_invalid` for an invalid witness
 */
export async function repeatedDecision(db: Db, asked: AskedPromotion): Promise<Omit<Decision, 'bundle'> | null> {
  const decided = await decisionOfRequest(db, asked);
  if (decided === null) return null;
  const witness = witnessOf();
  return { ...decided, witnessed: witness === null ? null : await tellWitness(witness, decided.promotion) };
}

/** The error for a key that came with another request before. */
export function otherRequest({ sequence }: LedgerRecord): AssayError {
  return new AssayError('conflict', `another request with this key was decided: record ${sequence} of the ledger`, {
    hint: 'send a key of its own with each request',
  });
}
