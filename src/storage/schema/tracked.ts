import { sql } from 'drizzle-orm';
import { bigint, check, doublePrecision, index, integer, json, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { Json } from '../../core/json.ts';
import { artifacts } from './artifacts.ts';
import { studies } from './studies.ts';
import { trials } from './trials.ts';

/** What clients of MLflow know of an experiment beyond its study. Times of theirs are milliseconds since 1970. */
export const trackedExperiments = pgTable('tracked_experiments', {
  studyId: integer('study_id')
    .primaryKey()
    .references(() => studies.id, { onDelete: 'cascade' }),
  /** Where its clients put artifacts (null: here). */
  artifactLocation: text('artifact_location'),
  /** Null: not deleted. A deleted one can be restored. */
  deletedAt: timestamp('deleted_at', { withTimezone: true }),
});

/** What clients of MLflow know of a run beyond its trial, whose state is the run's status. */
export const trackedRuns = pgTable(
  'tracked_runs',
  {
    trialId: bigint('trial_id', { mode: 'number' })
      .primaryKey()
      .references(() => trials.id, { onDelete: 'cascade' }),
    runId: uuid('run_id').notNull().unique('tracked_runs_run'),
    userId: text('user_id').notNull(),
    /** As its client said them, in milliseconds since 1970 (null: never said). A run that goes on keeps its earlier end, as in MLflow. */
    startMs: bigint('start_ms', { mode: 'number' }).notNull(),
    endMs: bigint('end_ms', { mode: 'number' }),
    /** Null: not deleted. A deleted one can be restored. */
    deletedAt: timestamp('deleted_at', { withTimezone: true }),
    /** Data sets that it read and models that it made, each as its client describes it. */
    inputs: json().$type<readonly Json[]>().notNull().default([]),
    outputs: json().$type<readonly Json[]>().notNull().default([]),
  },
  (table) => [
    check(
      'tracked_runs_times',
      sql`${table.startMs} between -9000000000000000 and 9000000000000000 and ${table.endMs} between -9000000000000000 and 9000000000000000`,
    ),
  ],
);

const point = {
  trialId: bigint('trial_id', { mode: 'number' })
    .notNull()
    .references(() => trials.id, { onDelete: 'cascade' }),
  key: text().notNull(),
  step: bigint({ mode: 'bigint' }).notNull(),
  at: timestamp({ withTimezone: true }).notNull(),
  value: doublePrecision().notNull(),
} as const;

/** Every point of every metric that a client of MLflow logged; the same point twice is one. */
export const metricPoints = pgTable('metric_points', point, (table) => [
  primaryKey({ columns: [table.trialId, table.key, table.step, table.at, table.value] }),
]);

/** Of each metric the point with the largest step, time and value, kept by the statement that adds points. */
export const metricLatest = pgTable('metric_latest', point, (table) => [primaryKey({ columns: [table.trialId, table.key] })]);

/** Models that clients of MLflow logged. No version of our registry: those come from a promotion. */
export const trackedModels = pgTable(
  'tracked_models',
  {
    /** `m-` and 32 hexadecimal digits. */
    id: text().primaryKey(),
    studyId: integer('study_id')
      .notNull()
      .references(() => studies.id, { onDelete: 'cascade' }),
    /** The run that made it, as the client named it (empty: none). */
    sourceRunId: text('source_run_id').notNull(),
    name: text().notNull(),
    modelType: text('model_type').notNull(),
    status: text().notNull(),
    tags: json().$type<Readonly<Record<string, string>>>().notNull(),
    params: json().$type<Readonly<Record<string, string>>>().notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
    deletedAt: timestamp('deleted_at', { withTimezone: true }),
  },
  (table) => [
    index('tracked_models_of_study').on(table.studyId, table.createdAt),
    check('tracked_models_id', sql`${table.id} ~ '^m-[0-9a-f]{32}$'`),
  ],
);

/** Files of runs and logged models by path; the bytes are artifacts. A file that is written again is replaced. */
export const trackedFiles = pgTable(
  'tracked_files',
  {
    studyId: integer('study_id')
      .notNull()
      .references(() => studies.id, { onDelete: 'cascade' }),
    /** A run's 32 hexadecimal digits, or a model's id. */
    owner: text().notNull(),
    /** Segments joined by `/`; none is empty, `.` or `..`. Compared byte by byte, so that a folder is a range. */
    path: text().notNull(),
    hash: text()
      .notNull()
      .references(() => artifacts.hash),
    bytes: bigint({ mode: 'number' }).notNull(),
    writtenAt: timestamp('written_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.owner, table.path] }), index('tracked_files_of_hash').on(table.hash)],
);
