import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  doublePrecision,
  foreignKey,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
} from 'drizzle-orm/pg-core';
import type { Json } from '../../core/json.ts';
import type { RuntimeInfo } from '../../search/study/storage.ts';
import type { FoldParts } from '../../search/study/walk-forward.ts';
import type { EvidenceOrigin } from '../../validation/gates/gate.ts';
import { artifacts } from './artifacts.ts';
import { studies } from './studies.ts';
import { trials } from './trials.ts';

/**
 * Definition of an evaluation of a study's trials: folds and everything else that changes a result, except seeds. One row per definition.
 */
export const validations = pgTable(
  'validations',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    studyId: integer('study_id')
      .notNull()
      .references(() => studies.id, { onDelete: 'cascade' }),
    definitionHash: text('definition_hash').notNull(),
    definition: json().$type<Json>().notNull(),
    /** Name of an arm of an ablation, which is the study under other settings; null: evidence for a promotion. */
    arm: text(),
    /** The scheme of the folds, such as `cpcv:6,2`, where it is not the study's own; null: evidence for a promotion. */
    scheme: text(),
    /** Who evaluated: this platform, or a program beside it that told its results. */
    origin: text().$type<EvidenceOrigin>().notNull().default('assay'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    unique('validations_definition').on(table.studyId, table.definitionHash),
    check('validations_origin', sql`${table.origin} in ('assay', 'external')`),
  ],
);

/** Seeds that a trial is retrained with, in the order of their requests. Only added to. */
export const validationTrials = pgTable(
  'validation_trials',
  {
    validationId: integer('validation_id')
      .notNull()
      .references(() => validations.id, { onDelete: 'cascade' }),
    trialId: bigint('trial_id', { mode: 'number' })
      .notNull()
      .references(() => trials.id, { onDelete: 'cascade' }),
    seeds: bigint({ mode: 'number' }).array().notNull(),
  },
  (table) => [primaryKey({ columns: [table.validationId, table.trialId] })],
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
    /** Where training or test lies in several places: the parts of each (null: one of each). */
    parts: json().$type<FoldParts>(),
  },
  (table) => [
    primaryKey({ columns: [table.validationId, table.fold] }),
    check(
      'validation_folds_order',
      sql`${table.trainStart} < ${table.trainEnd} and (${table.trainEnd} <= ${table.testStart} or ${table.parts} is not null)
        and ${table.testStart} < ${table.testEnd} and ${table.purgedBars} >= 0`,
    ),
  ],
);

/** Evaluation of one policy on one fold's test part: a trial retrained with a seed, or a baseline, which has neither. */
export const evaluations = pgTable(
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
    /** The training reward of each session (null: nothing shapes it). */
    sessionRewards: doublePrecision('session_rewards').array(),
    /** Float64 little-endian, one per step. */
    stepReturnsHash: text('step_returns_hash')
      .notNull()
      .references(() => artifacts.hash),
    earlyTerminations: integer('early_terminations').notNull(),
    /** Drawdown limit that ended episodes (NaN: not known). */
    drawdownLimit: doublePrecision('drawdown_limit').notNull().default(sql`'NaN'`),
    transactionBp: doublePrecision('transaction_bp').notNull(),
    impactBp: doublePrecision('impact_bp').notNull(),
    frictionPaid: doublePrecision('friction_paid').notNull(),
    /** Every data set that was read for it, by name and hash of content. */
    dataNames: text('data_names').array().notNull().default([]),
    dataHashes: text('data_hashes').array().notNull().default([]),
    /** Versions, processor, device and executor (null: not stored). */
    ranOn: jsonb('ran_on').$type<RuntimeInfo>(),
    evaluatedAt: timestamp('judged_at', { withTimezone: true }).notNull().defaultNow(),
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
    check('judgements_data', sql`cardinality(${table.dataNames}) = cardinality(${table.dataHashes})`),
    check('judgements_metrics', sql`cardinality(${table.metricNames}) = cardinality(${table.metricValues})`),
  ],
);
