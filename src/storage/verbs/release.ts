import { sql } from 'drizzle-orm';
import type { Lease, LeaseState } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { giveUpAttempt } from '../sql/give-up-attempt.ts';

/** Back to the queue, at its old place; or to its end or a pause, where somebody asked for that meanwhile. */
export async function release(db: Db, lease: Lease): Promise<LeaseState> {
  return giveUpAttempt(db, lease, {
    next: sql`case when trials.cancel_requested_by is not null then 'cancelled' when trials.pause_requested_by is not null then 'paused' else 'queued' end`,
    paused: sql`paused_by = case when trials.cancel_requested_by is null then trials.pause_requested_by end`,
  });
}
