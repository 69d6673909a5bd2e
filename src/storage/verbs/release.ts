import { sql } from 'drizzle-orm';
import type { Lease, LeaseState } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { attempts } from '../schema/index.ts';
import { isAttempt, isHeld, nextRevision } from './lease.ts';
import { withoutWorker } from './without-worker.ts';

/** Back to the queue, at its old place; or to its end, where somebody asked for that meanwhile. */
export async function release(db: Db, lease: Lease): Promise<LeaseState> {
  const next = sql`case when trials.cancel_requested_by is null then 'queued' else 'cancelled' end::trial_state`;
  const released = await db.execute(sql`
    with held as (select id, study_id, attempt, cancel_requested_by from trials where ${isHeld(lease)} for no key update),
    study as (${nextRevision(sql`select study_id from held`, sql`select count(cancel_requested_by) from held`)}),
    ended as (
      update attempts set ended_at = clock_timestamp(), ending = 'released' from held
      where attempts.trial_id = held.id and attempts.attempt = held.attempt
    )
    update trials set ${withoutWorker(next)}, revision = study.revision from held, study where trials.id = held.id`);
  if (released.rowCount === 1) return 'alive';
  const before = await db.execute(sql`select from attempts where ${isAttempt(lease)} and ${attempts.ending} = 'released'`);
  return before.rowCount === 1 ? 'alive' : 'lost';
}
