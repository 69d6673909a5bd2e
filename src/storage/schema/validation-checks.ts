import { sql } from 'drizzle-orm';
import { bigint, check, foreignKey, integer, json, jsonb, pgTable, text, timestamp, unique } from 'drizzle-orm/pg-core';
import type { Json } from '../../core/json.ts';
import type { RuntimeInfo } from '../../search/study/storage.ts';
import { trials } from './trials.ts';
import { validationFolds, validations } from './validations.ts';

/** Results of the checks of a validation: of its data, of the features of a fold, of the saved policy of a trial, seed and fold. */
export const validationChecks = pgTable(
  'validation_checks',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    validationId: integer('validation_id')
      .notNull()
      .references(() => validations.id, { onDelete: 'cascade' }),
    /** `data`, `features` or `policy`. */
    subject: text().notNull(),
    /** Version of the rule that checked. Under a new one everything is checked again; older results stay. */
    rule: integer().notNull(),
    fold: integer(),
    trialId: bigint('trial_id', { mode: 'number' }).references(() => trials.id, { onDelete: 'cascade' }),
    seed: bigint({ mode: 'number' }),
    result: json().$type<Json>().notNull(),
    /** Versions and processor. */
    ranOn: jsonb('ran_on').$type<RuntimeInfo>(),
    checkedAt: timestamp('checked_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    unique('validation_checks_once')
      .on(table.validationId, table.subject, table.rule, table.trialId, table.seed, table.fold)
      .nullsNotDistinct(),
    foreignKey({
      name: 'validation_checks_of_fold',
      columns: [table.validationId, table.fold],
      foreignColumns: [validationFolds.validationId, validationFolds.fold],
    }).onDelete('cascade'),
    check(
      'validation_checks_subject',
      sql`case ${table.subject} when 'data' then num_nonnulls(${table.fold}, ${table.trialId}, ${table.seed}) = 0
        when 'features' then ${table.fold} is not null and num_nonnulls(${table.trialId}, ${table.seed}) = 0
        when 'policy' then num_nonnulls(${table.fold}, ${table.trialId}, ${table.seed}) = 3 else false end`,
    ),
  ],
);
