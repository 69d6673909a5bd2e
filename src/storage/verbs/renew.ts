import { sql } from 'drizzle-orm';
import type { Lease, LeaseState } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import { expiryAfter, isHeld } from './lease.ts';

/** A heap-only update: no index holds the expiry. */
export async function renew(db: Db, lease: Lease): Promise<LeaseState> {
  const held = await db.execute(sql`
    update trials set lease_expires_at = ${expiryAfter(sql`${trials.leaseMs}`)} where ${isHeld(lease)}`);
  return held.rowCount === 1 ? 'alive' : 'lost';
}
