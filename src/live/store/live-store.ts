import { sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { Db } from '../../storage/database.ts';
import type { BrokerEvent, NewOrder, OrderReport } from '../broker/orders.ts';
import type { DeskJournal } from '../broker/port/order-desk.ts';
import { nextRecord, type RiskRecordKind, type SealedRecord } from '../risk/audit.ts';
import type { LatchCopy } from '../risk/latch.ts';
import { plainOf } from '../risk/plain-of.ts';

/** A run under the lease of this process. */
export interface HeldRun {
  readonly id: number;
  readonly name: string;
  readonly lease: string;
}

/** What an engine said of itself last. */
export interface LiveStanding {
  readonly navMicros: number | null;
  readonly positions: Readonly<Record<string, number>>;
  readonly time: bigint;
  readonly reconciled: 'same' | 'differs' | 'unknown';
}

export interface WaitingCommand {
  readonly id: number;
  readonly kind: 'halt' | 'reduce' | 'flatten' | 'resume' | 'stop';
  readonly toState: 'reducing' | 'active' | null;
  readonly by: string;
  readonly reason: string;
  readonly askedAt: Date;
}

/**
 * What a run writes. Rows are kept in their order and go to the database together: whoever waits for one waits for all before it. Rows
 * that could not be written are written with the next ones. Each write holds the run's lease.
 */
export interface LiveStore extends DeskJournal {
  readonly decision: (row: {
    barEndMs: number;
    observationHash: string;
    action: readonly number[];
    memory: readonly number[];
    decidedAt: bigint;
  }) => void;
  readonly nav: (row: { barEndMs: number; navMicros: number; lots: readonly number[] }) => void;
  readonly incident: (code: string, because: string, at: bigint) => void;
  /** Adds a record to the audit trail. */
  readonly audit: (kind: RiskRecordKind, at: bigint, body: unknown) => void;
  /** Resolves when everything so far is on disk. @throws AssayError `lease_lost`, and whatever the database says. */
  readonly flush: () => Promise<void>;
  /** The same, with what the engine says of itself. */
  readonly stand: (standing: LiveStanding) => Promise<void>;
  readonly history: () => Promise<{ readonly intents: readonly NewOrder[]; readonly events: readonly BrokerEvent[] }>;
  readonly latch: () => Promise<LatchCopy>;
  readonly writeLatch: (text: string) => Promise<void>;
  readonly commands: () => Promise<readonly WaitingCommand[]>;
  readonly answer: (id: number, outcome: string) => Promise<void>;
}

type Row = Readonly<Record<string, Json>>;
type Rows = ReadonlyMap<Added, Row[]>;

/** Tables that rows are added to, with the columns of a row and their types. */
const added = {
  live_risk_events: 'sequence bigint, record text, hash text',
  live_orders: 'id text, symbol text, side text, lots integer, kind json, time_in_force text, intended_at numeric',
  live_order_events: 'order_id text, kind text, report json, at numeric, seen_at numeric',
  live_fills:
    'execution_id text, order_id text, symbol text, side text, lots integer, price_ticks bigint, fee_micros bigint, liquidity text, at numeric, seen_at numeric',
  live_decisions: 'bar_end_ms bigint, observation_hash text, action json, memory json, decided_at numeric',
  live_navs: 'bar_end_ms bigint, nav_micros bigint, lots json',
  live_incidents: 'code text, because text, at numeric',
} as const;
type Added = keyof typeof added;
const tables = Object.keys(added) as readonly Added[];

/** @throws AssayError `ledger_broken` where the last record of the audit trail cannot be read. */
export async function openLiveStore(db: Db, { id, name, lease }: HeldRun): Promise<LiveStore> {
  let last = await lastRecord(db, id);
  let waiting = emptyRows();
  let isWaiting = false;
  /** Rows of a write that failed, which may be there nevertheless: they are written again, as they were, before any others. */
  let failed: Rows | null = null;
  let writing: Promise<void> = Promise.resolve();

  const add = (table: Added, row: Row): void => {
    waiting.get(table)!.push(row);
    isWaiting = true;
  };
  const held = sql`select 1 from live_runs where id = ${id} and lease_token = ${lease} for share`;
  const send = async (rows: Rows): Promise<void> => {
    // All rows of a write are there, or none; a record of the audit trail tells which, for tables without a key of their own.
    const first = rows.get('live_risk_events')![0]?.['sequence'] ?? null;
    const isNew = sql`not exists (select from live_risk_events where run_id = ${id} and sequence = ${first}::bigint)`;
    const parts = tables
      .filter((table) => rows.get(table)!.length > 0)
      .map((table) => {
        const names = added[table].split(', ').map((column) => column.split(' ')[0]!);
        const columns = sql.raw(names.join(', '));
        const from = sql`json_to_recordset(${JSON.stringify(rows.get(table))}::json) as added(${sql.raw(added[table])})`;
        // What is there already is the same row, from a life that was killed after it.
        return sql`${sql.raw(`into_${table}`)} as (insert into ${sql.raw(table)} (run_id, ${columns}) select ${id}::bigint, ${columns} from held, ${from} where ${isNew} on conflict do nothing)`;
      });
    const { rows: found } = await db.execute<{ held: boolean }>(
      sql`with held as materialized (${held}), ${sql.join(parts, sql`, `)} select exists (select from held) as held`,
    );
    if (found[0]?.held !== true) throw lost(name);
  };
  const write = async (): Promise<void> => {
    if (failed !== null) {
      await send(failed);
      failed = null;
    }
    if (!isWaiting) return;
    const rows = waiting;
    waiting = emptyRows();
    isWaiting = false;
    failed = rows;
    await send(rows);
    failed = null;
  };
  /** One write after the other; each takes along everything that waits. */
  const flush = (): Promise<void> => {
    const next = writing.then(write);
    writing = next.catch(() => undefined);
    return next;
  };
  const audit: LiveStore['audit'] = (kind, at, body) => {
    last = nextRecord(last, { run: name, at, kind, body });
    add('live_risk_events', { sequence: last.sequence, record: last.text, hash: last.hash });
  };
  const underLease = async (statement: ReturnType<typeof sql>): Promise<void> => {
    const { rowCount } = await db.execute(statement);
    if (rowCount !== 1) throw lost(name);
  };

  return {
    intend: (order, at) => {
      const { symbol, side, lots, kind, timeInForce } = order;
      audit('intent', at, order);
      add('live_orders', { id: order.id, symbol, side, lots, kind: plainOf(kind), time_in_force: timeInForce, intended_at: String(at) });
      return flush();
    },
    heard: (event) => {
      const { orderId, report, time, seenAt } = event;
      audit('event', seenAt, { orderId, report, time });
      const times = { at: String(time), seen_at: String(seenAt) };
      if (report.kind === 'fill') {
        const { executionId, symbol, side, lots, priceTicks, feeMicros, liquidity } = report;
        add('live_fills', {
          ...{ execution_id: executionId, order_id: orderId, symbol, side, lots },
          ...{ price_ticks: priceTicks, fee_micros: feeMicros, liquidity, ...times },
        });
      } else add('live_order_events', { order_id: orderId, kind: report.kind, report: plainOf(report), ...times });
      return flush();
    },
    decision: ({ barEndMs, observationHash, action, memory, decidedAt }) =>
      add('live_decisions', {
        bar_end_ms: barEndMs,
        observation_hash: observationHash,
        action: [...action],
        memory: [...memory],
        decided_at: String(decidedAt),
      }),
    nav: ({ barEndMs, navMicros, lots }) => add('live_navs', { bar_end_ms: barEndMs, nav_micros: navMicros, lots: [...lots] }),
    incident: (code, because, at) => {
      audit('incident', at, { code, because });
      add('live_incidents', { code, because, at: String(at) });
    },
    audit,
    flush,
    stand: async ({ navMicros, positions, time, reconciled }) => {
      await flush();
      await underLease(
        sql`update live_state set nav_micros = ${navMicros}, positions = ${JSON.stringify(positions)}::json, time = ${time}, reconciled = ${reconciled}, updated_at = clock_timestamp()
          where run_id = ${id} and exists (${held})`,
      );
    },
    history: async () => {
      const [orders, events, fills] = await Promise.all([
        db.execute<OrderRow>(
          sql`select id, symbol, side, lots, kind, time_in_force from live_orders where run_id = ${id} order by intended_at, id`,
        ),
        db.execute<EventRow>(
          sql`select order_id, report, at::text, seen_at::text from live_order_events where run_id = ${id} order by sequence`,
        ),
        db.execute<FillRow>(sql`select order_id, execution_id, symbol, side, lots, price_ticks::text, fee_micros::text, liquidity, at::text, seen_at::text
          from live_fills where run_id = ${id} order by sequence`),
      ]);
      return {
        intents: orders.rows.map(({ time_in_force: timeInForce, ...order }) => ({ ...order, timeInForce })),
        // Fills first: no report of an order's end comes before what it was filled.
        events: [
          ...fills.rows.map(fillOf),
          ...events.rows.map((row) => ({ time: BigInt(row.at), seenAt: BigInt(row.seen_at), orderId: row.order_id, report: row.report })),
        ],
      };
    },
    latch: async () => {
      const { rows } = await db.execute<{ latch: string | null }>(sql`select latch from live_state where run_id = ${id}`);
      const text = rows[0]?.latch ?? null;
      return text === null ? { found: 'missing' } : { found: 'text', text };
    },
    writeLatch: (text) =>
      underLease(sql`update live_state set latch = ${text}, updated_at = clock_timestamp() where run_id = ${id} and exists (${held})`),
    commands: async () => {
      const { rows } = await db.execute<WaitingRow>(
        sql`select id::int, kind, to_state, by_whom, reason, asked_at from live_commands where run_id = ${id} and taken_at is null order by id`,
      );
      return rows.map((row) => ({
        id: row.id,
        kind: row.kind,
        toState: row.to_state,
        by: row.by_whom,
        reason: row.reason,
        askedAt: new Date(row.asked_at),
      }));
    },
    answer: (command, outcome) =>
      underLease(
        sql`update live_commands set taken_at = clock_timestamp(), outcome = ${outcome} where id = ${command} and run_id = ${id} and exists (${held})`,
      ),
  };
}

type OrderRow = Omit<NewOrder, 'timeInForce'> & { readonly time_in_force: NewOrder['timeInForce'] } & Record<string, unknown>;
type EventRow = { readonly order_id: string; readonly report: OrderReport; readonly at: string; readonly seen_at: string } & Record<
  string,
  unknown
>;
type Fill = Extract<OrderReport, { readonly kind: 'fill' }>;
type FillRow = Pick<Fill, 'symbol' | 'side' | 'lots' | 'liquidity'> & {
  readonly order_id: string;
  readonly execution_id: string;
  readonly price_ticks: string;
  readonly fee_micros: string;
  readonly at: string;
  readonly seen_at: string;
} & Record<string, unknown>;
type WaitingRow = {
  readonly id: number;
  readonly kind: WaitingCommand['kind'];
  readonly to_state: WaitingCommand['toState'];
  readonly by_whom: string;
  readonly reason: string;
  readonly asked_at: string;
} & Record<string, unknown>;

function fillOf({
  order_id: orderId,
  execution_id: executionId,
  price_ticks: ticks,
  fee_micros: fee,
  at,
  seen_at: seenAt,
  symbol,
  side,
  lots,
  liquidity,
}: FillRow): BrokerEvent {
  const report: Fill = { kind: 'fill', executionId, symbol, side, lots, priceTicks: Number(ticks), feeMicros: Number(fee), liquidity };
  return { time: BigInt(at), seenAt: BigInt(seenAt), orderId, report };
}

function emptyRows(): Rows {
  return new Map(tables.map((table) => [table, []]));
}

async function lastRecord(db: Db, run: number): Promise<SealedRecord | null> {
  const { rows } = await db.execute<{ sequence: number; text: string; hash: string }>(
    sql`select sequence::int, record as text, hash from live_risk_events where run_id = ${run} order by sequence desc limit 1`,
  );
  return rows[0] ?? null;
}

function lost(name: string): AssayError {
  return new AssayError('lease_lost', `another engine has the run ${name}`, {
    hint: 'only one engine runs an account at a time; this one ends',
  });
}
