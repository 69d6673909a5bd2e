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

/** How an attempt ended. `lost`: its lease ran out. `released`: its worker gave the trial back. `paused`: the same, for it to wait.
 * `forked`: what a trial inherited from the one that it goes on from. */
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

/** One row per claim: who held the trial, when, and how it ended. */
export const attempts = pgTable(
  'attempts',
  {
    trialId: bigint('trial_id', { mode: 'number' })
      .notNull()
      .references(() => trials.id, { onDelete: 'cascade' }),
    attempt: integer().notNull(),
    token: uuid().notNull().unique(),
    worker: text().notNull(),
    /** The study's source that it ran; null in rows of before it was kept, and where it went on from what another source had made. */
    sourceHash: text('source_hash'),
    /** The packages that the study was opened with, as its worker had them; null where that was not kept. */
    packagesHash: text('packages_hash'),
    /** What it ran on: versions, processor, device, what computed. Null in rows of before it was kept. */
    ranOn: jsonb('ran_on').$type<RuntimeInfo>(),
    startedAt: timestamp('started_at', { withTimezone: true }).notNull(),
    endedAt: timestamp('ended_at', { withTimezone: true }),
    ending: attemptEnding(),
    /** The step of the checkpoint that it went on from; its curve up to there is inherited. Null where it began anew. */
    resumedStep: integer('resumed_step'),
    /** Up to and with this step its curve is another trial's, from whose checkpoint this one was forked; null where none of it is. */
    inheritedStep: integer('inherited_step'),
    /** What the pruner wants remembered of the curve; null where its last verdict carried nothing. */
    note: jsonb().$type<Json>(),
  },
  (table) => [
    primaryKey({ columns: [table.trialId, table.attempt] }),
    check('attempts_ended', sql`num_nonnulls(${table.endedAt}, ${table.ending}) in (0, 2)`),
  ],
);

/** The curve of an attempt. Keyed by attempt, so that a retry never inherits what a dead attempt reported. */
export const reports = pgTable(
  'reports',
  {
    trialId: bigint('trial_id', { mode: 'number' }).notNull(),
    attempt: integer().notNull(),
    step: integer().notNull(),
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
