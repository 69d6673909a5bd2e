import { bigint, index, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import { artifacts } from './artifacts.ts';
import { trials } from './trials.ts';

/** Newest checkpoint of each unfinished trial, from which its next attempt continues. */
export const checkpoints = pgTable(
  'checkpoints',
  {
    trialId: bigint('trial_id', { mode: 'number' })
      .primaryKey()
      .references(() => trials.id, { onDelete: 'cascade' }),
    /** Attempt whose curve leads to it. */
    attempt: integer().notNull(),
    /** Last step that it includes. */
    step: integer().notNull(),
    hash: text()
      .notNull()
      .references(() => artifacts.hash),
    madeAt: timestamp('made_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index('checkpoints_hash').on(table.hash)],
);
