import { type SQL, sql } from 'drizzle-orm';
import type { Lease, LeaseState, Paused } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { attempts } from '../schema/index.ts';
import { detachWorker } from '../sql/detach-worker.ts';
import { isAttempt, isHeld, nextRevision } from '../sql/lease.ts';

/** Back to the queue, at its old place; or to its end or a pause, where somebody asked for that meanwhile. */
export async function release(db: Db, lease: Lease): Promise<LeaseState> {
  return giveUp(db, lease, {
    next: sql`case when trials.cancel_requested_by is not null then 'cancelled' when trials.pause_requested_by is not null then 'paused' else 'queued' end`,
    paused: sql`paused_by = case when trials.cancel_requested_by is null then trials.pause_requested_by end`,
  });
}

/** The trial waits for the pruner; or for the person who asked for that meanwhile; or it ends, where somebody asked for that. */
export async function pause(db: Db, lease: Lease, { atStep, reason }: Paused): Promise<LeaseState> {
  const judged = sql`trials.cancel_requested_by is null and trials.pause_requested_by is null`;
  return giveUp(db, lease, {
    next: sql`case when trials.cancel_requested_by is not null then 'cancelled' else 'paused' end`,
    paused: sql`paused_by = case when trials.cancel_requested_by is null
        then coalesce(trials.pause_requested_by, (select pruner_id from studies where studies.id = trials.study_id)) end,
      at_step = case when ${judged} then ${atStep}::int end, reason = case when ${judged} then ${reason}::text end`,
  });
}

interface GivenUp {
  /** The trial's next state. */
  readonly next: SQL;
  /** What a `set` has to say about a pause. */
  readonly paused: SQL;
}

/** End the attempt without an outcome, flushed to disk: what has been seen of a paused trial stays true. */
async function giveUp(db: Db, lease: Lease, { next, paused }: GivenUp): Promise<LeaseState> {
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
