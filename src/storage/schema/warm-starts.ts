import { sql } from 'drizzle-orm';
import { check, doublePrecision, integer, json, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import type { FlatParams } from '../../search/space/param.ts';
import { direction, studies } from './studies.ts';

/**
 * What a study took of an earlier one when it first named it. Rows are final, so that suggestions stay the same whatever becomes of the earlier study;
 * it is named in words and may be removed.
 */
export const warmStarts = pgTable(
  'warm_starts',
  {
    studyId: integer('study_id')
      .notNull()
      .references(() => studies.id, { onDelete: 'cascade' }),
    source: text().notNull(),
    direction: direction().notNull(),
    /** Number of trials that the earlier study had tried by then, as the bar for luck counts them. */
    tried: integer().notNull(),
    /** Complete trials that met their constraints, in the order of their numbers; of many, the better half and an even selection of the others. */
    params: json().$type<readonly FlatParams[]>().notNull(),
    values: doublePrecision('objective_values').array().notNull(),
    takenAt: timestamp('taken_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.studyId, table.source] }),
    check(
      'warm_starts_trials',
      sql`${table.tried} >= cardinality(${table.values}) and cardinality(${table.values}) = json_array_length(${table.params})
        and 'NaN' <> all (${table.values})`,
    ),
  ],
);
