import { sql } from 'drizzle-orm';
import type { Lease, Renewed } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import { expiryAfter, type LeaseValue, leaseHeld, leaseValues, notFlushed } from '../sql/lease.ts';
import { prepared } from '../sql/prepared.ts';

const renewHeld = prepared<{ cancelled: boolean }, LeaseValue>(
  'renew',
  (value) => sql`
    update trials set lease_expires_at = ${expiryAfter(sql`${trials.leaseMs}`)} where ${leaseHeld(value)}
    returning cancel_requested_by is not null as cancelled, ${notFlushed}`,
);

/**
 * Renews the lease: a heap-only update, as no index holds the expiry. Returns `cancelled` if a person cancelled the trial, which tells
 * workers of trials that never report.
 */
export async function renew(db: Db, lease: Lease): Promise<Renewed> {
  const { rows } = await renewHeld(db, leaseValues(lease));
  const held = rows[0];
  if (held === undefined) return 'lost';
  return held.cancelled ? 'cancelled' : 'alive';
}
