import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  json,
  numeric,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { Json } from '../../core/json.ts';

/** Nanoseconds since the epoch: more than a number holds. */
const nanoseconds = (name: string) => numeric(name, { precision: 20, scale: 0, mode: 'bigint' });

/**
 * Runs of live trading, on paper or at a broker. A run is one account, one policy and one configuration; the process that holds its lease is
 * its engine, and every row of it is written under that lease.
 */
export const liveRuns = pgTable(
  'live_runs',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    name: text().notNull().unique('live_runs_name'),
    /** `model@7`. */
    model: text().notNull(),
    policyHash: text('policy_hash').notNull(),
    config: json().$type<Json>().notNull(),
    configHash: text('config_hash').notNull(),
    /** `gateway:127.0.0.1:13000`, `databento:GLBX.MDP3`. */
    feed: text().notNull(),
    broker: text().notNull(),
    /** What the broker knows the account by; of paper the run's own. */
    account: text().notNull(),
    startedAt: timestamp('started_at', { withTimezone: true }).notNull().defaultNow(),
    startedBy: text('started_by').notNull(),
    endedAt: timestamp('ended_at', { withTimezone: true }),
    endedBecause: text('ended_because'),
    /** Null: no engine has it. */
    leaseToken: text('lease_token'),
    leaseExpiresAt: timestamp('lease_expires_at', { withTimezone: true }),
    /** `host/process`, of the engine. */
    holder: text(),
  },
  (table) => [
    index('live_runs_account').on(table.account),
    check('live_runs_lease', sql`(${table.leaseToken} is null) = (${table.leaseExpiresAt} is null)`),
    check('live_runs_ended', sql`(${table.endedAt} is null) = (${table.endedBecause} is null)`),
  ],
);

const runId = () =>
  bigint('run_id', { mode: 'number' })
    .notNull()
    .references(() => liveRuns.id);

/** One row a run: a copy of the latch, and what the engine last said of itself. Everything else of a run is only added to. */
export const liveState = pgTable('live_state', {
  runId: runId().primaryKey(),
  /** Null: none was written, which is a first start. */
  latch: text(),
  navMicros: bigint('nav_micros', { mode: 'number' }),
  /** Lots by symbol. */
  positions: json().$type<Readonly<Record<string, number>>>().notNull().default({}),
  /** Of the last event that the engine took, by the run's clock. */
  time: nanoseconds('time'),
  /** `same`, `differs`, `unknown`: how the account compares with the broker's. */
  reconciled: text().notNull().default('unknown'),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});

/** Orders as they were intended: written before they are sent. */
export const liveOrders = pgTable(
  'live_orders',
  {
    runId: runId(),
    /** What the broker knows it by. */
    id: text().notNull(),
    symbol: text().notNull(),
    side: text({ enum: ['buy', 'sell'] }).notNull(),
    lots: integer().notNull(),
    kind: json().$type<Json>().notNull(),
    timeInForce: text('time_in_force').notNull(),
    intendedAt: nanoseconds('intended_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.id] }), check('live_orders_lots', sql`${table.lots} > 0`)],
);

/** What the broker reported of orders, fills aside, in the order in which it was heard. */
export const liveOrderEvents = pgTable(
  'live_order_events',
  {
    sequence: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    runId: runId(),
    orderId: text('order_id').notNull(),
    /** `accepted`, `rejected`, `canceled`, `expired`, `cancelRejected`, `replaceRejected`. */
    kind: text().notNull(),
    report: json().$type<Json>().notNull(),
    at: nanoseconds('at').notNull(),
    seenAt: nanoseconds('seen_at').notNull(),
  },
  (table) => [index('live_order_events_of_run').on(table.runId, table.sequence)],
);

/** Fills by the broker's execution id: the position is the fold over them. */
export const liveFills = pgTable(
  'live_fills',
  {
    sequence: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    runId: runId(),
    executionId: text('execution_id').notNull(),
    orderId: text('order_id').notNull(),
    symbol: text().notNull(),
    side: text({ enum: ['buy', 'sell'] }).notNull(),
    lots: integer().notNull(),
    priceTicks: bigint('price_ticks', { mode: 'number' }).notNull(),
    feeMicros: bigint('fee_micros', { mode: 'number' }).notNull(),
    liquidity: text({ enum: ['taker', 'maker', 'unknown'] }).notNull(),
    at: nanoseconds('at').notNull(),
    seenAt: nanoseconds('seen_at').notNull(),
  },
  (table) => [
    uniqueIndex('live_fills_execution').on(table.runId, table.executionId),
    index('live_fills_of_run').on(table.runId, table.sequence),
    check('live_fills_lots', sql`${table.lots} > 0`),
  ],
);

/** What the policy was asked and answered, a row a bar. */
export const liveDecisions = pgTable(
  'live_decisions',
  {
    runId: runId(),
    barEndMs: bigint('bar_end_ms', { mode: 'number' }).notNull(),
    /** SHA-256 of the observation's bytes. */
    observationHash: text('observation_hash').notNull(),
    action: json().$type<readonly number[]>().notNull(),
    memory: json().$type<readonly number[]>().notNull(),
    decidedAt: nanoseconds('decided_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.barEndMs] })],
);

/** The account at the end of each bar, at the liquidation mark. */
export const liveNavs = pgTable(
  'live_navs',
  {
    runId: runId(),
    barEndMs: bigint('bar_end_ms', { mode: 'number' }).notNull(),
    navMicros: bigint('nav_micros', { mode: 'number' }).notNull(),
    /** Lots of each asset of the policy, in its order. */
    lots: json().$type<readonly number[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.barEndMs] })],
);

/** The audit trail of a run: records in canonical JSON, each with the hash of the one before. */
export const liveRiskEvents = pgTable(
  'live_risk_events',
  {
    runId: runId(),
    sequence: bigint({ mode: 'number' }).notNull(),
    record: text().notNull(),
    hash: text().notNull(),
    kind: text().notNull().generatedAlwaysAs(sql`record::jsonb ->> 'kind'`),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.sequence] }),
    check('live_risk_events_hash', sql`${table.hash} = encode(sha256(convert_to(${table.record}, 'UTF8')), 'hex')`),
  ],
);

export const liveIncidents = pgTable(
  'live_incidents',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    runId: runId(),
    code: text().notNull(),
    because: text().notNull(),
    at: nanoseconds('at').notNull(),
    /** True in a drill, whose incidents are no failures. */
    drill: boolean().notNull().default(false),
  },
  (table) => [index('live_incidents_of_run').on(table.runId, table.id)],
);

export const liveCommandKind = pgEnum('live_command_kind', ['halt', 'reduce', 'flatten', 'resume', 'stop']);

/** What persons asked of a run, and what came of it. The engine of the run takes them in their order. */
export const liveCommands = pgTable(
  'live_commands',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    runId: runId(),
    kind: liveCommandKind().notNull(),
    /** Of `resume`: the state that is asked for. */
    toState: text('to_state', { enum: ['reducing', 'active'] }),
    by: text('by_whom').notNull(),
    reason: text().notNull(),
    askedAt: timestamp('asked_at', { withTimezone: true }).notNull().defaultNow(),
    /** Null: no engine has taken it yet. */
    takenAt: timestamp('taken_at', { withTimezone: true }),
    outcome: text(),
  },
  (table) => [index('live_commands_waiting').on(table.runId, table.id).where(sql`taken_at is null`)],
);
