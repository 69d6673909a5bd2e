import { sql } from 'drizzle-orm';
import { doublePrecision, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';

/**
 * What trials can be sorted by and have no column for, written by triggers: a parameter when the trial joins (`param:lr`), metrics and
 * objectives when it is complete (`metric:sharpe`, `objective:2`). One index then serves every page of every study. A figure that is NaN has
 * no row. Rows go with their study, by a trigger as well: foreign keys would cost more than the rows.
 */
export const trialMetrics = pgTable(
  'trial_figures',
  {
    studyId: integer('study_id').notNull(),
    name: text().notNull(),
    /** The trial's. */
    number: integer().notNull(),
    /** Null where it is no number: then there is a label. */
    figure: doublePrecision(),
    /** How it begins, where it is longer than an index can hold. */
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
