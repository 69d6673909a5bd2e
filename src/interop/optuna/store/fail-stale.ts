import { sql } from 'drizzle-orm';
import type { Db } from '../../../storage/database.ts';
import { nextRevision } from '../../../storage/sql/lease.ts';
import { foreignExpiry } from './held.ts';

/** Fails running trials of Optuna's clients to which nothing was written for so long. Safe to run beside other servers. @returns how many */
export async function failStale(db: Db, staleMs: number): Promise<number> {
  const stale = sql`state = 'running' and foreign_kind = 'optuna' and lease_expires_at < ${foreignExpiry} - ${staleMs} * interval '1 millisecond'`;
  const { rows } = await db.execute<{ study_id: number }>(sql`select distinct study_id from trials where ${stale}`);
  let failed = 0;
  for (const { study_id: study } of rows) {
    const { rowCount } = await db.execute(sql`
      with stale as (
        select id, study_id from trials where study_id = ${study} and ${stale} order by id for no key update skip locked
      ), study as (${nextRevision(sql`select study_id from stale limit 1`)}),
      ended as (
        update attempts set ended_at = clock_timestamp(), ending = 'failed' from stale where attempts.trial_id = stale.id and attempt = 1
      )
      update trials set state = 'failed', finished_at = clock_timestamp(), revision = study.revision,
        error = json_build_object('code', 'foreign', 'message', 'its client wrote nothing for ' || ${Math.round(staleMs / 1000)}::int || ' s: ' || trials.worker,
          'hint', 'it was killed, or --optuna-stale is shorter than what the client computes between two writes'),
        lease_token = null, lease_ms = null, lease_expires_at = null, cancel_requested_by = null, pause_requested_by = null
      from stale, study where trials.id = stale.id`);
    failed += rowCount ?? 0;
  }
  return failed;
}
