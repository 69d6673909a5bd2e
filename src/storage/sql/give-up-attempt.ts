import { type SQL, sql } from 'drizzle-orm';
import type { Lease, LeaseState } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { attempts } from '../schema/index.ts';
import { detachWorker } from './detach-worker.ts';
import { isAttempt, isHeld, nextRevision } from './lease.ts';

interface GivenUp {
  /** SQL expression of the next state. */
  readonly next: SQL;
  /** Assignments of the columns of a pause. */
  readonly paused: SQL;
}

/** Ends the attempt without an outcome. Flushed, since processes remember paused trials. */
export async function giveUpAttempt(db: Db, lease: Lease, { next, paused }: GivenUp): Promise<LeaseState> {
  const given = await db.execute(sql`
    with held as (select id, study_id, attempt, cancel_requested_by from trials where ${isHeld(lease)} for no key update),
    study as (${nextRevision(sql`select study_id from held`, sql`select count(cancel_requested_by) from held`)}),
    given as (
      update trials set ${detachWorker(sql`${next}::trial_state`)}, ${paused}, revision = study.revision from held, study
      where trials.id = held.id returning trials.id, trials.attempt, trials.state
    )
    update attempts set ended_at = clock_timestamp(), ending = case when given.state = 'paused' then 'paused' else 'released' end::attempt_ending
    from given where attempts.trial_id = given.id and attempts.attempt = given.attempt`);
  if (given.rowCount === 1) return 'alive';
  const before = await db.execute(sql`select from attempts where ${isAttempt(lease)} and ${attempts.ending} in ('released', 'paused')`);
  return before.rowCount === 1 ? 'alive' : 'lost';
}
