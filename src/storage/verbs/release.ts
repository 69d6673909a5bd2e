import { sql } from 'drizzle-orm';
import type { Lease, LeaseState } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { giveUpAttempt } from '../sql/give-up-attempt.ts';

/** Puts the trial back into the queue at its old place. If a person asked to cancel or pause it meanwhile, that happens instead. */
export async function release(db: Db, lease: Lease): Promise<LeaseState> {
  return giveUpAttempt(db, lease, {
    next: sql`case when trials.cancel_requested_by is not null then 'cancelled' when trials.pause_requested_by is not null then 'paused' else 'queued' end`,
    paused: sql`paused_by = case when trials.cancel_requested_by is null then trials.pause_requested_by end`,
  });
}
