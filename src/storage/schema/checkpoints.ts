import { bigint, index, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import { artifacts } from './artifacts.ts';
import { trials } from './trials.ts';

/** The newest checkpoint of a trial that is not finished: what an attempt after this one goes on from. */
export const checkpoints = pgTable(
  'checkpoints',
  {
    trialId: bigint('trial_id', { mode: 'number' })
      .primaryKey()
      .references(() => trials.id, { onDelete: 'cascade' }),
    /** Whose curve leads to it. */
    attempt: integer().notNull(),
    /** Everything up to and with this step is behind it. */
    step: integer().notNull(),
    hash: text()
      .notNull()
      .references(() => artifacts.hash),
    madeAt: timestamp('made_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index('checkpoints_hash').on(table.hash)],
);
