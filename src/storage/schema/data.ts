import { bigint, foreignKey, index, integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import { attempts } from './attempts.ts';
import { studies } from './studies.ts';

/** Content that a name stands for in a study; bound by the first read of the name and not changed later. */
export const studyData = pgTable(
  'study_data',
  {
    studyId: integer('study_id')
      .notNull()
      .references(() => studies.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    hash: text().notNull(),
    boundAt: timestamp('bound_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.studyId, table.name] }), index('study_data_hash').on(table.hash)],
);

/** Data sets that an attempt read, and how far its search looked: folds that begin later are unseen. */
export const attemptData = pgTable(
  'attempt_data',
  {
    trialId: bigint('trial_id', { mode: 'number' }).notNull(),
    attempt: integer().notNull(),
    name: text().notNull(),
    hash: text().notNull(),
    /** Exclusive end of the search window (null: the objective did not say). */
    searchedUntil: timestamp('searched_until', { withTimezone: true }),
    /** Start of what was withheld from it as the vault of its study, when it opened the data (null: all was handed out). */
    withheldFrom: timestamp('withheld_from', { withTimezone: true }),
  },
  (table) => [
    primaryKey({ columns: [table.trialId, table.attempt, table.name] }),
    foreignKey({
      name: 'attempt_data_of_attempt',
      columns: [table.trialId, table.attempt],
      foreignColumns: [attempts.trialId, attempts.attempt],
    }).onDelete('cascade'),
  ],
);
