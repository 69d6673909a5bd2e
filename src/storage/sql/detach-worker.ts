import { type SQL, sql } from 'drizzle-orm';

/**
 * What happens to a trial's columns when nobody holds it any more, as the list of a `set`: the lease goes, and back in the queue the
 * rest of the attempt goes too (its curve stays under its own attempt number). A paused trial shows how far it got.
 * @param next the trial's next state: queued, paused, failed or cancelled. The caller adds what only that state has.
 */
export function detachWorker(next: SQL): SQL {
  const leaves = sql`(${next}) <> 'queued'`;
  return sql`state = ${next},
    finished_at = case when (${next}) not in ('queued', 'paused') then clock_timestamp() end,
    worker = case when ${leaves} then trials.worker end,
    started_at = case when ${leaves} then trials.started_at end,
    last_step = case when ${leaves} then trials.last_step end,
    last_value = case when ${leaves} then trials.last_value end,
    cancelled_by = case when (${next}) = 'cancelled' then trials.cancel_requested_by end,
    cancel_requested_by = null, pause_requested_by = null, lease_token = null, lease_ms = null, lease_expires_at = null`;
}
