import { sql } from 'drizzle-orm';
import { check, doublePrecision, foreignKey, index, integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';

/**
 * What is kept of a removed study: how many trials it tried and what they found, so that removing a study does not lower the bar for luck.
 * A trigger writes the row; rows are final.
 */
export const removedStudies = pgTable(
  'removed_studies',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    name: text().notNull(),
    removedAt: timestamp('removed_at', { withTimezone: true }).notNull().defaultNow(),
    /** Number of tried trials, as gates count them. */
    trialsTried: integer('trials_tried').notNull(),
    /** Metrics `sharpeDaily` and `turnover` of each complete trial, by number; NaN if it has none. */
    trialSharpes: doublePrecision('trial_sharpes').array().notNull(),
    trialTurnovers: doublePrecision('trial_turnovers').array().notNull(),
  },
  (table) => [check('removed_studies_tried', sql`${table.trialsTried} >= 0`)],
);

/** Contents of the data that a removed study was bound to. */
export const removedStudyData = pgTable(
  'removed_study_data',
  {
    removedId: integer('removed_id').notNull(),
    name: text().notNull(),
    hash: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.removedId, table.name] }),
    foreignKey({ name: 'removed_study_data_of_study', columns: [table.removedId], foreignColumns: [removedStudies.id] }),
    index('removed_study_data_hash').on(table.hash),
  ],
);

/** Looks at test days of a removed study: one row for each validation, with the number of trials that it evaluated. */
export const removedLooks = pgTable(
  'removed_looks',
  {
    removedId: integer('removed_id').notNull(),
    definitionHash: text('definition_hash').notNull(),
    dataHashes: text('data_hashes').array().notNull(),
    testStart: timestamp('test_start', { withTimezone: true }).notNull(),
    testEnd: timestamp('test_end', { withTimezone: true }).notNull(),
    trials: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.removedId, table.definitionHash] }),
    foreignKey({ name: 'removed_looks_of_study', columns: [table.removedId], foreignColumns: [removedStudies.id] }),
  ],
);
