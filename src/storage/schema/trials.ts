import { type SQL, sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  doublePrecision,
  index,
  integer,
  json,
  pgEnum,
  pgTable,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import type { FlatParams } from '../../search/space/param.ts';
import { type TrialFailure, trialStates } from '../../search/trial/trial.ts';
import { foreignKinds, studies } from './studies.ts';

export const trialState = pgEnum('trial_state', trialStates);

/**
 * One row is one trial and, while it is open, also its own job: state, lease and result change together. Objective values are float8: JSON
 * turns NaN and Infinity into null.
 */
export const trials = pgTable(
  'trials',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    studyId: integer('study_id')
      .notNull()
      .references(() => studies.id, { onDelete: 'cascade' }),
    number: integer().notNull(),
    /** That of the study: a trigger writes it when the trial is inserted, and refuses every change. */
    foreignKind: text('foreign_kind', { enum: foreignKinds }),
    state: trialState().notNull().default('queued'),
    /** Flat names, sorted as in the space. */
    params: json().$type<FlatParams>().notNull(),
    seed: bigint({ mode: 'number' }).notNull(),
    attempt: integer().notNull().default(0),
    /** Revision of the study at the trial's last change of state; readers request what is newer than they have seen. */
    revision: bigint({ mode: 'number' }).notNull(),
    /**
     * Idempotency key of the request that queued the trial by hand or entered its result: the same request sent again enters nothing more.
     */
    idempotencyKey: uuid('order_key'),
    /** SHA-256 of that request: the same key with another content is refused. */
    requestHash: text('order_hash'),
    /** Address of the trial that this one repeats, with its parameters and seed. */
    repeatOf: text('repeat_of'),
    /** Among queued trials of a study the highest is taken first. */
    priority: integer().notNull().default(0),
    /** Number of the trial, and step of its checkpoint, that a fork began with (null: no fork). */
    forkedFrom: integer('forked_from'),
    forkedStep: integer('forked_step'),
    queuedAt: timestamp('queued_at', { withTimezone: true }).notNull().defaultNow(),

    worker: text(),
    startedAt: timestamp('started_at', { withTimezone: true }),
    leaseToken: uuid('lease_token'),
    leaseMs: integer('lease_ms'),
    leaseExpiresAt: timestamp('lease_expires_at', { withTimezone: true }),
    /** Person who cancelled this running trial; its worker sees it at the next report or renewal. */
    cancelRequestedBy: text('cancel_requested_by'),
    /** Person who paused this running trial; its worker sees it at the next report. */
    pauseRequestedBy: text('pause_requested_by'),
    /** Newest report of the current attempt. */
    lastStep: bigint('last_step', { mode: 'number' }),
    lastValue: doublePrecision('last_value'),

    /** Who paused the trial: a person or, with a step and a reason, the pruner. */
    pausedBy: text('paused_by'),

    finishedAt: timestamp('finished_at', { withTimezone: true }),
    value: doublePrecision(),
    /** Values of all objectives if there are several; the first is `value`. A foreign trial may have some in any state. */
    values: doublePrecision('objective_values').array(),
    constraints: doublePrecision().array(),
    /** Squared standard error of the value, and from how many repetitions it was computed (null: not told; known exactly). */
    noiseVariance: doublePrecision('noise_variance'),
    noiseSeeds: integer('noise_seeds'),
    /** True if every constraint is met, at 0 or below. */
    feasible: boolean().notNull().generatedAlwaysAs(sql`constraints is null or 0::double precision >= all (constraints)`),
    metricNames: text('metric_names').array(),
    metricValues: doublePrecision('metric_values').array(),
    atStep: bigint('at_step', { mode: 'number' }),
    reason: text(),
    error: json().$type<TrialFailure>(),
    cancelledBy: text('cancelled_by'),
  },
  (table) => {
    const only = (state: (typeof trialStates)[number], condition: SQL) =>
      check(`trials_${state}`, sql`${table.state} <> ${sql.raw(`'${state}'`)} or (${condition})`);
    const lease = sql`${table.leaseToken}, ${table.leaseMs}, ${table.leaseExpiresAt}`;
    const started = sql`${table.worker}, ${table.startedAt}`;
    const completed = sql`${table.value}, ${table.metricNames}, ${table.metricValues}`;
    const pruned = sql`${table.atStep}, ${table.reason}`;
    /** Both or neither: a trial may end before a worker takes it. */
    const startedOrNot = sql`num_nonnulls(${started}) in (0, 2)`;
    const noLease = sql`num_nonnulls(${lease}, ${table.cancelRequestedBy}) = 0`;
    return [
      unique('trials_study_number').on(table.studyId, table.number),
      unique('trials_order').on(table.idempotencyKey),
      check('trials_counters', sql`${table.number} >= 0 and ${table.attempt} >= 0`),
      check('trials_forked', sql`num_nonnulls(${table.forkedFrom}, ${table.forkedStep}) in (0, 2)`),
      check('trials_last_report', sql`num_nonnulls(${table.lastStep}, ${table.lastValue}) in (0, 2)`),
      only(
        'queued',
        sql`${noLease} and num_nonnulls(${started}, ${table.lastStep}, ${table.finishedAt}, ${completed}, ${pruned}, ${table.error}, ${table.cancelledBy}) = 0`,
      ),
      only(
        'running',
        sql`num_nulls(${started}, ${lease}) = 0 and ${table.attempt} >= 1
          and num_nonnulls(${table.finishedAt}, ${completed}, ${pruned}, ${table.error}, ${table.cancelledBy}) = 0`,
      ),
      only(
        'complete',
        sql`${noLease} and num_nulls(${started}, ${table.finishedAt}, ${table.metricNames}, ${table.metricValues}) = 0
          and coalesce(${table.value} <> 'NaN', ${table.foreignKind} is not distinct from 'mlflow')
          and cardinality(${table.metricNames}) = cardinality(${table.metricValues})
          and num_nonnulls(${pruned}, ${table.error}, ${table.cancelledBy}) = 0`,
      ),
      only(
        'pruned',
        sql`${noLease} and num_nulls(${started}, ${table.finishedAt}, ${pruned}) = 0
          and num_nonnulls(${completed}, ${table.error}, ${table.cancelledBy}) = 0`,
      ),
      only(
        'failed',
        sql`${noLease} and ${startedOrNot} and num_nulls(${table.finishedAt}, ${table.error}) = 0
          and num_nonnulls(${completed}, ${pruned}, ${table.cancelledBy}) = 0`,
      ),
      only(
        'cancelled',
        sql`${noLease} and ${startedOrNot} and num_nulls(${table.finishedAt}, ${table.cancelledBy}) = 0
          and num_nonnulls(${completed}, ${pruned}, ${table.error}) = 0`,
      ),
      // Compared as text: a migration cannot use an enum value that it adds.
      check(
        'trials_paused',
        sql`(${table.state}::text = 'paused') = (${table.pausedBy} is not null) and (${table.pauseRequestedBy} is null or ${table.state} = 'running')
          and (${table.pausedBy} is null or (${noLease} and ${startedOrNot} and num_nonnulls(${pruned}) in (0, 2)
            and num_nonnulls(${table.finishedAt}, ${completed}, ${table.error}, ${table.cancelledBy}) = 0))`,
      ),
      check(
        'trials_result',
        sql`(num_nonnulls(${table.values}, ${table.constraints}) = 0 or ${table.state} = 'complete'
            or (${table.foreignKind} is not null and ${table.constraints} is null))
          and (${table.values} is null or ((${table.state} <> 'complete' or ${table.values}[1] = ${table.value}) and 'NaN' <> all (${table.values})))
          and (${table.constraints} is null or 'NaN' <> all (${table.constraints}))`,
      ),
      check(
        'trials_noise',
        sql`num_nonnulls(${table.noiseVariance}, ${table.noiseSeeds}) = 0 or (${table.state} = 'complete' and ${table.noiseVariance} is not null
          and ${table.noiseVariance} >= 0 and ${table.noiseVariance} < 'Infinity' and (${table.noiseSeeds} is null or ${table.noiseSeeds} >= 2))`,
      ),
      /** For claims: queued trials by priority and age, so the first is found without sorting and finished ones cost nothing. */
      index('trials_queue').on(table.priority.desc().nullsFirst(), table.id, table.studyId).where(sql`${table.state} = 'queued'`),
      /** Open trials and expired leases. Without the expiry, so that a renewal stays a heap-only update. */
      index('trials_open').on(table.studyId).where(sql`${table.state} in ('queued', 'running')`),
      /** Paused trials. */
      index('trials_waiting').on(table.studyId).where(sql`${table.pausedBy} is not null`),
      /** Changes since a revision, by revision and number; one revision may change many trials. */
      index('trials_changes').on(table.studyId, table.revision, table.number),
      /** Pages by value, start, end and duration; those by number use the unique index, all others `trial_figures`. */
      index('trials_by_value').on(table.studyId, table.value, table.number),
      index('trials_by_start').on(table.studyId, table.startedAt, table.number),
      index('trials_by_end').on(table.studyId, table.finishedAt, table.number),
      index('trials_by_duration').on(table.studyId, sql`(${table.finishedAt} - ${table.startedAt})`, table.number),
      /** Best feasible trials; read forwards to minimise, backwards to maximise (complete values are never null or NaN). */
      index('trials_best').on(table.studyId, table.value, table.number).where(sql`${table.state} = 'complete' and ${table.feasible}`),
    ];
  },
);
