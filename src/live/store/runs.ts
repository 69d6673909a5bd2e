import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import { hashOf, type Json } from '../../core/json.ts';
import type { Db } from '../../storage/database.ts';
import type { HeldRun } from './live-store.ts';

export interface NewRun {
  readonly name: string;
  /** `model@7`. */
  readonly model: string;
  readonly policyHash: string;
  readonly config: Json;
  readonly feed: string;
  readonly broker: string;
  readonly account: string;
  readonly by: string;
}

/** Time for which an engine has its run without renewing it. */
export const leaseMs = 10_000;

/**
 * Makes a run, or takes up one of that name again, and its lease.
 * @throws AssayError `conflict` where another engine has the run or its account, and for a run of another policy, configuration or account.
 */
export async function takeRun(db: Db, run: NewRun): Promise<HeldRun & { readonly isNew: boolean }> {
  const configHash = hashOf(run.config);
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`live/${run.account}`}))`);
    const { rows } = await tx.execute<RunRow>(
      sql`select id::int, name, policy_hash, config_hash, account, broker, holder, ended_at is not null as ended, lease_expires_at > clock_timestamp() as leased
        from live_runs where name = ${run.name} or (account = ${run.account} and lease_expires_at > clock_timestamp()) for update`,
    );
    const other = rows.find((row) => row.leased === true && isAlive(row.holder));
    if (other !== undefined)
      throw new AssayError('conflict', `the run ${other.name} is at work on the account ${other.account} (${other.holder})`, {
        hint: 'one engine runs an account at a time: stop that one first (assay live stop)',
      });
    const lease = randomUUID();
    const known = rows.find(({ name }) => name === run.name);
    if (known === undefined) {
      const { rows: made } = await tx.execute<{ id: number }>(
        sql`insert into live_runs (name, model, policy_hash, config, config_hash, feed, broker, account, started_by, lease_token, lease_expires_at, holder)
          values (${run.name}, ${run.model}, ${run.policyHash}, ${JSON.stringify(run.config)}::json, ${configHash}, ${run.feed}, ${run.broker}, ${run.account}, ${run.by},
            ${lease}, clock_timestamp() + ${leaseMs} * interval '1 ms', ${holder()}) returning id::int`,
      );
      const { id } = made[0]!;
      await tx.execute(sql`insert into live_state (run_id) values (${id})`);
      return { id, name: run.name, lease, isNew: true };
    }
    const differs = (
      [
        ['another policy', known.policy_hash !== run.policyHash],
        ['another configuration', known.config_hash !== configHash],
        ['another account', known.account !== run.account || known.broker !== run.broker],
      ] as const
    ).find(([, isOther]) => isOther);
    if (differs !== undefined)
      throw new AssayError('conflict', `the run ${run.name} has ${differs[0]}`, {
        hint: 'a run is judged whole, with one policy and one configuration: give another one a name of its own (--name)',
      });
    await tx.execute(
      sql`update live_runs set lease_token = ${lease}, lease_expires_at = clock_timestamp() + ${leaseMs} * interval '1 ms', holder = ${holder()},
        ended_at = null, ended_because = null where id = ${known.id}`,
    );
    return { id: known.id, name: run.name, lease, isNew: false };
  });
}

/** @throws AssayError `lease_lost` if another engine has it. */
export async function renewRun(db: Db, { id, name, lease }: HeldRun): Promise<void> {
  const { rowCount } = await db.execute(
    sql`update live_runs set lease_expires_at = clock_timestamp() + ${leaseMs} * interval '1 ms' where id = ${id} and lease_token = ${lease}`,
  );
  if (rowCount !== 1)
    throw new AssayError('lease_lost', `another engine has the run ${name}`, {
      hint: 'only one engine runs an account at a time; this one ends',
    });
}

/** Gives the lease back. `because`: the run is over; null: it goes on later. */
export async function leaveRun(db: Db, { id, lease }: HeldRun, because: string | null): Promise<void> {
  await db.execute(
    sql`update live_runs set lease_token = null, lease_expires_at = null, holder = null,
      ended_at = case when ${because}::text is null then null else clock_timestamp() end, ended_because = ${because}
      where id = ${id} and lease_token = ${lease}`,
  );
}

type RunRow = {
  readonly id: number;
  readonly name: string;
  readonly policy_hash: string;
  readonly config_hash: string;
  readonly account: string;
  readonly broker: string;
  readonly holder: string | null;
  readonly ended: boolean;
  readonly leased: boolean | null;
} & Record<string, unknown>;

function holder(): string {
  return `${hostname()}/${process.pid}`;
}

/** False only where the engine was a process of this machine that is gone. */
function isAlive(of: string | null): boolean {
  const [host, pid] = (of ?? '').split('/');
  if (host !== hostname() || !/^\d+$/.test(pid ?? '')) return true;
  if (Number(pid) === process.pid) return false;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
