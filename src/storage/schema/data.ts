import { bigint, foreignKey, index, integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import { attempts } from './attempts.ts';
import { studies } from './studies.ts';

/** The content that a name stands for in a study: whoever reads it first binds it, and no other content is taken under it later. */
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

/** What an attempt read, and how far into it: folds that begin later are what its search never saw. */
export const attemptData = pgTable(
  'attempt_data',
  {
    trialId: bigint('trial_id', { mode: 'number' }).notNull(),
    attempt: integer().notNull(),
    name: text().notNull(),
    hash: text().notNull(),
    /** Exclusive end of the window that the trial was searched on; null where the objective never said. */
    searchedUntil: timestamp('searched_until', { withTimezone: true }),
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
