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
    /** Exclusive end of the longest search window; infinity: a trial opened the data and did not say (null: none looked). */
    searchedUntil: timestamp('searched_until', { withTimezone: true }),
  },
  (table) => [
    primaryKey({ columns: [table.removedId, table.name] }),
    foreignKey({ name: 'removed_study_data_of_study', columns: [table.removedId], foreignColumns: [removedStudies.id] }),
    index('removed_study_data_hash').on(table.hash),
  ],
);

/** Tried trials of a removed study, by what they were: the same definition under another name is no other trial. */
export const removedTrials = pgTable(
  'removed_trials',
  {
    removedId: integer('removed_id').notNull(),
    number: integer().notNull(),
    /** Hash of parameters, source, data and seed: the database's function `trial_definition` (null: not known). */
    definition: text(),
  },
  (table) => [
    primaryKey({ columns: [table.removedId, table.number] }),
    foreignKey({ name: 'removed_trials_of_study', columns: [table.removedId], foreignColumns: [removedStudies.id] }),
  ],
);
