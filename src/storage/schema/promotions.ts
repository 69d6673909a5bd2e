import { sql } from 'drizzle-orm';
import { bigint, check, index, pgTable, text } from 'drizzle-orm/pg-core';
import { artifacts } from './artifacts.ts';

/**
 * The promotion ledger: rows are only added (a trigger refuses UPDATE, DELETE and TRUNCATE). `record` is the canonical JSON that was
 * hashed, byte for byte; the other columns repeat parts of it. No two rows have the same predecessor, so the chain cannot fork.
 */
export const promotions = pgTable(
  'promotions',
  {
    sequence: bigint({ mode: 'number' }).primaryKey(),
    record: text().notNull(),
    hash: text().notNull().unique(),
    previousHash: text('previous_hash').notNull().unique(),
    /** Null: a record about the vault of a trial. */
    model: text().generatedAlwaysAs(sql`record::jsonb ->> 'model'`),
    /** SHA-256 of the evidence bundle (null: a record of an earlier release, a rollback, or a trial without a validation). */
    bundleHash: text('bundle_hash')
      .references(() => artifacts.hash)
      .generatedAlwaysAs(sql`record::jsonb ->> 'bundleHash'`),
    /** Id of the public key of the signature (null: not signed). */
    signer: text().generatedAlwaysAs(sql`record::jsonb ->> 'signer'`),
    /** Ed25519 signature of the hash, as base64 (null: not signed). */
    signature: text(),
  },
  (table) => [
    check('promotions_hash', sql`${table.hash} = encode(sha256(convert_to(${table.record}, 'UTF8')), 'hex')`),
    check(
      'promotions_chain',
      sql`(${table.record}::jsonb ->> 'previousHash') = ${table.previousHash}
        and (${table.record}::jsonb ->> 'sequence')::bigint = ${table.sequence}`,
    ),
    check('promotions_signature', sql`(${table.signer} is null) = (${table.signature} is null)`),
    index('promotions_model').on(table.model, table.sequence),
  ],
);
