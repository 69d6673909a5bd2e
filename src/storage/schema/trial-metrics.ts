import { sql } from 'drizzle-orm';
import { doublePrecision, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';

/**
 * Sort keys of trials that are no columns, written by triggers: parameters when the trial is created (`param:lr`), metrics and objectives
 * when it is complete (`metric:sharpe`, `objective:2`). One index serves every page of every study. NaN has no row. A trigger deletes the
 * rows with their study: foreign keys would cost more than the rows.
 */
export const trialMetrics = pgTable(
  'trial_figures',
  {
    studyId: integer('study_id').notNull(),
    name: text().notNull(),
    /** Number of the trial. */
    number: integer().notNull(),
    /** Numeric key (null: `label` is the key). */
    figure: doublePrecision(),
    /** Text key, shortened to what an index can hold. */
    label: text(),
  },
  (table) => [
    primaryKey({ columns: [table.studyId, table.name, table.number] }),
    index('trial_figures_order').on(table.studyId, table.name, table.figure, table.number).where(sql`${table.figure} is not null`),
    index('trial_labels_order')
      .on(table.studyId, table.name, sql`${table.label} collate "C"`, table.number)
      .where(sql`${table.label} is not null`),
  ],
);
