import { sql } from 'drizzle-orm';
import { bigint, check, foreignKey, integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import { attempts } from './attempts.ts';

/** Known artifacts by SHA-256; the bytes are in the artifact store. */
export const artifacts = pgTable(
  'artifacts',
  {
    hash: text().primaryKey(),
    bytes: bigint({ mode: 'number' }).notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [check('artifacts_hash', sql`${table.hash} ~ '^[0-9a-f]{64}$' and ${table.bytes} >= 0`)],
);

/** Artifacts of an attempt, one per role (`policy`, `checkpoint`); attaching a role again replaces it. */
export const trialArtifacts = pgTable(
  'trial_artifacts',
  {
    trialId: bigint('trial_id', { mode: 'number' }).notNull(),
    attempt: integer().notNull(),
    role: text().notNull(),
    hash: text()
      .notNull()
      .references(() => artifacts.hash),
    attachedAt: timestamp('attached_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.trialId, table.attempt, table.role] }),
    foreignKey({
      name: 'trial_artifacts_of_attempt',
      columns: [table.trialId, table.attempt],
      foreignColumns: [attempts.trialId, attempts.attempt],
    }).onDelete('cascade'),
  ],
);
