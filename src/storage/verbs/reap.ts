import { sql } from 'drizzle-orm';
import type { Reaped, StudyId } from '../../search/study/storage.ts';
import type { TrialFailure, TrialState } from '../../search/trial/trial.ts';
import type { Db } from '../database.ts';
import { detachWorker } from '../sql/detach-worker.ts';
import { nextRevision } from '../sql/lease.ts';

/**
 * Ends every attempt of the study whose lease has expired, as of its expiry. Only attempts that end this way count for `maxAttempts`, since
 * a released one is no sign of a trial that kills its workers. `skip locked` lets two reapers work at once.
 */
export async function reap(db: Db, study: StudyId): Promise<Reaped> {
  const { rows } = await db.execute<ReapedRow>(sql`
    with dead as (
      select id, study_id, attempt, cancel_requested_by, pause_requested_by, lease_expires_at from trials
      where study_id = ${study} and state = 'running' and lease_expires_at <= clock_timestamp()
      order by id for no key update skip locked
    ), study as (${nextRevision(sql`select study_id from dead limit 1`, sql`select count(cancel_requested_by) from dead`)}),
    ended as (
      update attempts set ended_at = greatest(attempts.started_at, dead.lease_expires_at), ending = 'lost' from dead
      where attempts.trial_id = dead.id and attempts.attempt = dead.attempt
    ), outcome as (
      select dead.id, lost.attempts,
        case when dead.cancel_requested_by is not null then 'cancelled' when lost.attempts >= studies.max_attempts then 'failed'
          when dead.pause_requested_by is not null then 'paused' else 'queued' end::trial_state as state
      from dead join studies on studies.id = dead.study_id,
        -- The snapshot of this statement does not see the attempt that it ends: one more.
        lateral (select count(*) + 1 as attempts from attempts where trial_id = dead.id and ending = 'lost') as lost
    )
    update trials set ${detachWorker(sql`outcome.state`)}, revision = study.revision,
      paused_by = case when outcome.state = 'paused' then trials.pause_requested_by end,
      error = case when outcome.state = 'failed' then json_build_object('code', 'lease_lost',
        'message', outcome.attempts || case when outcome.attempts = 1 then ' attempt' else ' attempts' end || ' ended without a word: the worker died or hung, the last was ' || trials.worker,
        'hint', 'look into the log of that worker; a trial that needs more memory than the machine has ends like this') end
    from outcome, study where trials.id = outcome.id
    returning trials.number, trials.state, trials.error`);
  const byNumber = rows.toSorted((a, b) => a.number - b.number);
  return {
    requeued: byNumber.filter(({ state }) => state === 'queued').map(({ number }) => number),
    failed: byNumber.flatMap(({ number, error }) => (error === null ? [] : [{ number, error }])),
  };
}

interface ReapedRow extends Record<string, unknown> {
  readonly number: number;
  readonly state: TrialState;
  readonly error: TrialFailure | null;
}
