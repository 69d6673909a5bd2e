import { status } from '@grpc/grpc-js';
import { sql } from 'drizzle-orm';
import type { Db } from '../../../storage/database.ts';
import type { ForeignKind } from '../../../storage/schema/studies.ts';
import { notFlushed } from '../../../storage/sql/lease.ts';
import { prepared } from '../../../storage/sql/prepared.ts';
import { Fault, noStudy, readOnly } from '../fault.ts';
import { foreignLease } from './held.ts';
import { takeNumbers } from './take-numbers.ts';

const insert = prepared<{ readonly id: number; readonly study_id: number }, 'study' | 'worker'>(
  'optuna_trial',
  (value) => sql`
    with study as (${takeNumbers(value('study'), 1)}), created as (
      insert into trials (study_id, number, state, params, seed, revision, attempt, worker, started_at, lease_token, lease_ms, lease_expires_at)
      select id, number, 'running', '{}', 0, revision, 1, ${value('worker')}::text, clock_timestamp(), ${foreignLease} from study
      returning id, study_id, worker, started_at, lease_token
    ), begun as (
      insert into attempts (trial_id, attempt, token, worker, started_at) select id, 1, lease_token, worker, started_at from created
    )
    select id, study_id, ${notFlushed} from created`,
);

/** Begins a trial, which runs from now on under the name of its client. @returns its id */
export async function createTrial(db: Db, study: string, worker: string): Promise<number> {
  const [created] = (await insert(db, { study, worker })).rows;
  if (created === undefined) throw await refusal(db, study);
  return created.id;
}

/** Why a study takes no trial. */
export async function refusal(db: Db, study: string): Promise<Fault> {
  const { rows } = await db.execute<{ name: string; foreign_kind: ForeignKind | null; standing: string }>(
    sql`select name, foreign_kind, standing from studies where id = ${study}::bigint`,
  );
  const row = rows[0];
  if (row === undefined) return noStudy(study);
  if (row.foreign_kind !== 'optuna') return readOnly(row.foreign_kind);
  const state = row.standing === 'open' ? 'frozen' : row.standing;
  return new Fault(status.FAILED_PRECONDITION, `study ${row.name} is ${state} and takes no trials`, `assay study resume ${row.name}`);
}
