import { sql } from 'drizzle-orm';
import type { Lease, LeaseState, Paused } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { giveUpAttempt } from '../sql/give-up-attempt.ts';

/**
 * Pauses the trial for the pruner. If a person asked to pause it meanwhile, it is paused for that person; if to cancel it, it is cancelled.
 */
export async function pause(db: Db, lease: Lease, { atStep, reason }: Paused): Promise<LeaseState> {
  const ofPruner = sql`trials.cancel_requested_by is null and trials.pause_requested_by is null`;
  return giveUpAttempt(db, lease, {
    next: sql`case when trials.cancel_requested_by is not null then 'cancelled' else 'paused' end`,
    paused: sql`paused_by = case when trials.cancel_requested_by is null
        then coalesce(trials.pause_requested_by, (select pruner_id from studies where studies.id = trials.study_id)) end,
      at_step = case when ${ofPruner} then ${atStep}::int end, reason = case when ${ofPruner} then ${reason}::text end`,
  });
}
