import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, pgTable, text, timestamp, unique } from 'drizzle-orm/pg-core';

/** `ablation`: the study under other settings. `vault`: the look that opens it. */
export const lookKinds = ['validation', 'ablation', 'vault'] as const;

export type LookKind = (typeof lookKinds)[number];

/**
 * Looks at test days: a model (parameters, source, data, seed of its study) that was, or is about to be, judged on days of a data set. Written before any
 * result is known; only grows. Rows name their study in words and stay when it is removed.
 */
export const looks = pgTable(
  'looks',
  {
    /** In the order in which rows become visible. */
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** Hash of the data set's content. */
    dataHash: text('data_hash').notNull(),
    /** The end is exclusive. */
    testStart: timestamp('test_start', { withTimezone: true }).notNull(),
    testEnd: timestamp('test_end', { withTimezone: true }).notNull(),
    /** Hash of parameters, source, data and, in an ablation, settings (the database's function `model_hash`), and the study's seed. */
    modelHash: text('model_hash').notNull(),
    kind: text({ enum: lookKinds }).notNull(),
    /** Name of the first study that looked. */
    study: text().notNull(),
    /** Number of the trial (null: its study was removed before looks were kept). */
    number: integer(),
    lookedAt: timestamp('looked_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    unique('looks_once').on(table.dataHash, table.testStart, table.testEnd, table.modelHash, table.kind),
    index('looks_study').on(table.study),
    check('looks_days', sql`${table.testStart} < ${table.testEnd}`),
    check('looks_kind', sql`${table.kind} in ('validation', 'ablation', 'vault')`),
  ],
);
