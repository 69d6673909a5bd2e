import { sql } from 'drizzle-orm';
import { check, doublePrecision, foreignKey, index, integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';

/**
 * What outlives a study that was removed: how many trials it tried, and what they found, so that removing a study never lowers the
 * bar for luck. A trigger writes the row when the study goes; rows are final.
 */
export const removedStudies = pgTable(
  'removed_studies',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    name: text().notNull(),
    removedAt: timestamp('removed_at', { withTimezone: true }).notNull().defaultNow(),
    /** Trials that gave an answer, as gates count them. */
    trialsTried: integer('trials_tried').notNull(),
    /** The metrics `sharpeDaily` and `turnover` of each complete trial, by number; NaN where it has none. */
    trialSharpes: doublePrecision('trial_sharpes').array().notNull(),
    trialTurnovers: doublePrecision('trial_turnovers').array().notNull(),
  },
  (table) => [check('removed_studies_tried', sql`${table.trialsTried} >= 0`)],
);

/** The data that a removed study was bound to, by content. */
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

/** The looks at test days that a removed study took: one row for each validation, with the trials that it judged. */
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
