import { type SQL, sql } from 'drizzle-orm';

/**
 * Assignments for a `set` that end a worker's hold of a trial: they clear the lease and, for a queued trial, the attempt's progress (its
 * curve stays under its attempt number). A paused trial keeps its last report.
 * @param next the next state: queued, paused, failed or cancelled. The caller adds the columns of that state
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
