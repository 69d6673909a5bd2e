import { type SQL, sql } from 'drizzle-orm';

/** Ends the attempts of running trials of other programs' clients as cancelled, as a statement for a `with`. @param ids a query for ids of trials */
export function endForeignAttempts(ids: SQL): SQL {
  return sql`update attempts set ended_at = clock_timestamp(), ending = 'cancelled'
    from trials where attempts.trial_id in (${ids}) and trials.id = attempts.trial_id and attempts.attempt = trials.attempt
      and trials.state = 'running' and trials.foreign_kind is not null`;
}

/** Assignments for a `set` that clear the lease unless the condition holds. */
export function keepsLease(kept: SQL): SQL {
  return sql`lease_token = case when ${kept} then trials.lease_token end, lease_ms = case when ${kept} then trials.lease_ms end,
    lease_expires_at = case when ${kept} then trials.lease_expires_at end`;
}
