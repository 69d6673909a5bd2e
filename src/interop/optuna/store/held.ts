import { type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { TrialState } from '../../../search/trial/trial.ts';
import type { ForeignKind } from '../../../storage/schema/studies.ts';
import { finished, noTrial, readOnly } from '../fault.ts';

/** Name of the worker of an attempt that only holds what a client wrote to a trial that waits. */
export const waitingWorker = 'optuna:waiting';

/**
 * Expiry of the lease of a foreign trial. No client of Optuna renews one, so it never ends by time; each write moves it, and how long ago that
 * was tells which trials are stale.
 */
export const foreignExpiry = sql`clock_timestamp() + interval '100 years'`;

/** Columns of a lease: nobody has the token, since clients know a trial by its id only. */
const lease = [sql`gen_random_uuid()`, sql`2147483647`, foreignExpiry];

export const foreignLease = sql.join(lease, sql`, `);

/** The same where a condition holds, else none. */
export const foreignLeaseIf = (condition: SQL): SQL =>
  sql.join(
    lease.map((column) => sql`case when ${condition} then ${column} end`),
    sql`, `,
  );

/** Locks a trial, as statements for a `with`: `held`, whatever it is; `open`, empty unless clients of Optuna may write to it. */
export function heldTrial(value: (name: 'trial') => Placeholder): SQL {
  return sql`held as (
      select id, study_id, state, foreign_kind from trials where id = ${value('trial')}::bigint for no key update
    ), open as (select * from held where foreign_kind = 'optuna' and state in ('queued', 'running'))`;
}

export interface HeldRow extends Record<string, unknown> {
  readonly study_id: number;
  readonly state: TrialState;
  readonly foreign_kind: ForeignKind | null;
}

/** Columns of {@link HeldRow}. */
export const heldColumns = sql.raw('held.study_id, held.state, held.foreign_kind');

/** Returns the row of an open trial of Optuna. @throws Fault if there is none, it is another's, or it has ended */
export function requireOpen<Row extends HeldRow>(rows: readonly Row[], trial: string): Row {
  const row = rows[0];
  if (row === undefined) throw noTrial(trial);
  if (row.foreign_kind !== 'optuna') throw readOnly(row.foreign_kind);
  if (row.state !== 'queued' && row.state !== 'running') throw finished(trial);
  return row;
}
