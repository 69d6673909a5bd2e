import { sql } from 'drizzle-orm';
import type { ArtifactRef, Lease, LeaseState } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { isHeld } from '../sql/lease.ts';

/** Makes bytes that are already in the artifact store the trial's, under a role. A role attached again is replaced. */
export async function attach(db: Db, lease: Lease, { role, hash, bytes }: ArtifactRef): Promise<LeaseState> {
  const attached = await db.execute(sql`
    with held as (select id, attempt from trials where ${isHeld(lease)} for no key update),
    known as (insert into artifacts (hash, bytes) select ${hash}, ${bytes}::bigint from held on conflict do nothing)
    insert into trial_artifacts (trial_id, attempt, role, hash) select id, attempt, ${role}, ${hash} from held
    on conflict (trial_id, attempt, role) do update set hash = excluded.hash, attached_at = excluded.attached_at`);
  return attached.rowCount === 1 ? 'alive' : 'lost';
}
