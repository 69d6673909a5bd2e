import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  doublePrecision,
  foreignKey,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';
import type { Json } from '../../core/json.ts';
import type { RuntimeInfo } from '../../search/study/storage.ts';
import { trials } from './trials.ts';

/**
 * How an attempt ended. `lost`: its lease expired. `released`: its worker gave the trial back. `paused`: the trial was paused. `forked`: it
 * holds what a fork inherited.
 */
export const attemptEnding = pgEnum('attempt_ending', [
  'complete',
  'pruned',
  'failed',
  'cancelled',
  'lost',
  'released',
  'paused',
  'forked',
]);

/** One row per claim: worker, times and ending. */
export const attempts = pgTable(
  'attempts',
  {
    trialId: bigint('trial_id', { mode: 'number' })
      .notNull()
      .references(() => trials.id, { onDelete: 'cascade' }),
    attempt: integer().notNull(),
    token: uuid().notNull().unique(),
    worker: text().notNull(),
    /** Hash of the source that it ran (null: not stored, or it continued from a checkpoint of another source). */
    sourceHash: text('source_hash'),
    /** Hash of the packages that the study was opened with (null: not stored). */
    packagesHash: text('packages_hash'),
    /** Versions, processor, device and executor (null: not stored). */
    ranOn: jsonb('ran_on').$type<RuntimeInfo>(),
    startedAt: timestamp('started_at', { withTimezone: true }).notNull(),
    endedAt: timestamp('ended_at', { withTimezone: true }),
    ending: attemptEnding(),
    /** Step of the checkpoint that it continued from; its curve up to there is inherited (null: it began anew). */
    resumedStep: integer('resumed_step'),
    /** Last step that was inherited from another trial by a fork (null: none). */
    inheritedStep: integer('inherited_step'),
    /** The pruner's note about the curve (null: none). */
    note: jsonb().$type<Json>(),
    /** The value that it would have ended with, and the typical error of that, as the pruner that stopped it said (null: none did). */
    expectedValue: doublePrecision('expected_value'),
    expectedSd: doublePrecision('expected_sd'),
  },
  (table) => [
    primaryKey({ columns: [table.trialId, table.attempt] }),
    check(
      'attempts_expected',
      sql`num_nonnulls(${table.expectedValue}, ${table.expectedSd}) in (0, 2) and ${table.expectedSd} >= 0
        and ${table.expectedSd} < 'Infinity' and abs(${table.expectedValue}) < 'Infinity'`,
    ),
    check('attempts_ended', sql`num_nonnulls(${table.endedAt}, ${table.ending}) in (0, 2)`),
  ],
);

/**
 * Curves, keyed by attempt, so that a retry never inherits the reports of a dead attempt. A report never changes; the client of a foreign trial
 * may replace the value of a step while the trial is open.
 */
export const reports = pgTable(
  'reports',
  {
    trialId: bigint('trial_id', { mode: 'number' }).notNull(),
    attempt: integer().notNull(),
    step: bigint({ mode: 'number' }).notNull(),
    value: doublePrecision().notNull(),
    metricNames: text('metric_names').array().notNull(),
    metricValues: doublePrecision('metric_values').array().notNull(),
    reportedAt: timestamp('reported_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.trialId, table.attempt, table.step] }),
    foreignKey({
      name: 'reports_of_attempt',
      columns: [table.trialId, table.attempt],
      foreignColumns: [attempts.trialId, attempts.attempt],
    }).onDelete('cascade'),
    check('reports_metrics', sql`cardinality(${table.metricNames}) = cardinality(${table.metricValues})`),
  ],
);
