import { sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { Db } from '../../storage/database.ts';
import { checkRiskChain, type RiskChainCheck } from '../risk/audit.ts';
import type { Cause, TradingState } from '../risk/causes.ts';
import { readLatch } from '../risk/latch.ts';
import { tradingState } from '../risk/trading-state.ts';

export interface RunStatus {
  readonly name: string;
  readonly model: string;
  readonly broker: string;
  readonly feed: string;
  /** By the latch in the database; halted where it cannot be read. */
  readonly state: TradingState;
  readonly causes: readonly {
    readonly cause: Cause | 'latch-unreadable';
    readonly because: string;
    readonly by: string;
    readonly since: string;
  }[];
  /** True while an engine has it. */
  readonly isAtWork: boolean;
  readonly holder: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly navMicros: number | null;
  readonly positions: Readonly<Record<string, number>>;
  readonly reconciled: string;
  /** When the engine last said so; a figure that is old says nothing of now. */
  readonly updatedAt: string;
  readonly orders: number;
  readonly fills: number;
  readonly incidents: number;
  readonly waitingCommands: number;
}

/** The runs, the newest first; of a name that run. @throws AssayError `not_found`. */
export async function readStatus(db: Db, name: string | null): Promise<readonly RunStatus[]> {
  const { rows } = await db.execute<StatusRow>(
    sql`select name, model, broker, feed, holder, started_at, ended_at, lease_expires_at > clock_timestamp() as at_work,
        latch, nav_micros::text, positions, reconciled, updated_at,
        (select count(*)::int from live_orders where run_id = live_runs.id) as orders,
        (select count(*)::int from live_fills where run_id = live_runs.id) as fills,
        (select count(*)::int from live_incidents where run_id = live_runs.id) as incidents,
        (select count(*)::int from live_commands where run_id = live_runs.id and taken_at is null) as waiting
      from live_runs join live_state on run_id = live_runs.id
      where ${name}::text is null or name = ${name} order by live_runs.id desc limit 200`,
  );
  if (name !== null && rows.length === 0)
    throw new AssayError('not_found', `there is no run ${name}`, { hint: 'assay live status shows all' });
  return rows.map(statusOf);
}

function statusOf(row: StatusRow): RunStatus {
  const risk = row.latch === null ? null : readLatch(row.name, row.latch);
  const unreadable = { cause: 'latch-unreadable', because: 'no latch is written, or it cannot be read', by: 'assay', since: '' } as const;
  return {
    name: row.name,
    model: row.model,
    broker: row.broker,
    feed: row.feed,
    state: risk === null ? 'halted' : tradingState(risk),
    causes:
      risk === null
        ? [unreadable]
        : risk.causes.map(({ cause, because, by, since }) => ({
            cause,
            because,
            by,
            since: new Date(Number(since / 1_000_000n)).toISOString(),
          })),
    isAtWork: row.at_work === true,
    holder: row.holder,
    startedAt: new Date(row.started_at).toISOString(),
    endedAt: row.ended_at === null ? null : new Date(row.ended_at).toISOString(),
    navMicros: row.nav_micros === null ? null : Number(row.nav_micros),
    positions: row.positions,
    reconciled: row.reconciled,
    updatedAt: new Date(row.updated_at).toISOString(),
    orders: row.orders,
    fills: row.fills,
    incidents: row.incidents,
    waitingCommands: row.waiting,
  };
}

/** Walks the audit trail of a run. @throws AssayError `not_found`. */
export async function verifyRun(db: Db, name: string): Promise<RiskChainCheck> {
  await readStatus(db, name);
  const { rows } = await db.execute<{ sequence: number; text: string; hash: string }>(
    sql`select sequence::int, record as text, live_risk_events.hash from live_risk_events join live_runs on live_runs.id = run_id where name = ${name} order by sequence`,
  );
  return checkRiskChain(rows);
}

type StatusRow = {
  readonly name: string;
  readonly model: string;
  readonly broker: string;
  readonly feed: string;
  readonly holder: string | null;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly at_work: boolean | null;
  readonly latch: string | null;
  readonly nav_micros: string | null;
  readonly positions: Readonly<Record<string, number>>;
  readonly reconciled: string;
  readonly updated_at: string;
  readonly orders: number;
  readonly fills: number;
  readonly incidents: number;
  readonly waiting: number;
} & Record<string, unknown>;
