import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  doublePrecision,
  foreignKey,
  integer,
  json,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
} from 'drizzle-orm/pg-core';
import type { Json } from '../../core/json.ts';
import { artifacts } from './artifacts.ts';
import { studies } from './studies.ts';
import { trials } from './trials.ts';

/** One way of judging a study's trials: seeds, folds and everything else that changes a figure. Same definition, same row. */
export const validations = pgTable(
  'validations',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    studyId: integer('study_id')
      .notNull()
      .references(() => studies.id, { onDelete: 'cascade' }),
    definitionHash: text('definition_hash').notNull(),
    definition: json().$type<Json>().notNull(),
    /** Every trial is retrained with each of them. */
    seeds: bigint({ mode: 'number' }).array().notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [unique('validations_definition').on(table.studyId, table.definitionHash)],
);

export const validationFolds = pgTable(
  'validation_folds',
  {
    validationId: integer('validation_id')
      .notNull()
      .references(() => validations.id, { onDelete: 'cascade' }),
    fold: integer().notNull(),
    trainStart: timestamp('train_start', { withTimezone: true }).notNull(),
    trainEnd: timestamp('train_end', { withTimezone: true }).notNull(),
    testStart: timestamp('test_start', { withTimezone: true }).notNull(),
    testEnd: timestamp('test_end', { withTimezone: true }).notNull(),
    purgedBars: integer('purged_bars').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.validationId, table.fold] }),
    check(
      'validation_folds_order',
      sql`${table.trainStart} < ${table.trainEnd} and ${table.trainEnd} <= ${table.testStart}
        and ${table.testStart} < ${table.testEnd} and ${table.purgedBars} >= 0`,
    ),
  ],
);

/** One policy judged on one fold's test part: a trial retrained with a seed, or a baseline that needs neither. */
export const judgements = pgTable(
  'judgements',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    validationId: integer('validation_id').notNull(),
    fold: integer().notNull(),
    /** `policy`, or the name of the baseline. */
    subject: text().notNull(),
    trialId: bigint('trial_id', { mode: 'number' }).references(() => trials.id, { onDelete: 'cascade' }),
    seed: bigint({ mode: 'number' }),
    policyHash: text('policy_hash').references(() => artifacts.hash),
    metricNames: text('metric_names').array().notNull(),
    metricValues: doublePrecision('metric_values').array().notNull(),
    dailyReturns: doublePrecision('daily_returns').array().notNull(),
    /** Float64 little-endian, one per step. */
    stepReturnsHash: text('step_returns_hash')
      .notNull()
      .references(() => artifacts.hash),
    earlyTerminations: integer('early_terminations').notNull(),
    transactionBp: doublePrecision('transaction_bp').notNull(),
    impactBp: doublePrecision('impact_bp').notNull(),
    frictionPaid: doublePrecision('friction_paid').notNull(),
    judgedAt: timestamp('judged_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    unique('judgements_once').on(table.validationId, table.subject, table.trialId, table.seed, table.fold).nullsNotDistinct(),
    foreignKey({
      name: 'judgements_of_fold',
      columns: [table.validationId, table.fold],
      foreignColumns: [validationFolds.validationId, validationFolds.fold],
    }).onDelete('cascade'),
    check(
      'judgements_subject',
      sql`num_nonnulls(${table.trialId}, ${table.seed}, ${table.policyHash}) = case when ${table.subject} = 'policy' then 3 else 0 end`,
    ),
    check('judgements_metrics', sql`cardinality(${table.metricNames}) = cardinality(${table.metricValues})`),
  ],
);
