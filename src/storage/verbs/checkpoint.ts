import { sql } from 'drizzle-orm';
import type { Checkpointed, CheckpointRef, Lease } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import { forgetArtifacts } from '../sql/forget-artifacts.ts';
import { expiryAfter, isHeld } from '../sql/lease.ts';

/**
 * Makes bytes that are already in the artifact store the checkpoint that the trial goes on from, deletes the one before and renews the
 * lease. Fenced and flushed.
 */
export async function checkpoint(db: Db, lease: Lease, { step, hash, bytes }: CheckpointRef): Promise<Checkpointed> {
  return db.transaction(async (tx) => {
    const { rows } = await tx.execute<{ superseded: string | null }>(sql`
      with held as (
        update trials set lease_expires_at = ${expiryAfter(sql`${trials.leaseMs}`)} where ${isHeld(lease)} returning id, attempt
      ), known as (insert into artifacts (hash, bytes) select ${hash}, ${bytes}::bigint from held on conflict do nothing),
      made as (
        insert into checkpoints (trial_id, attempt, step, hash) select id, attempt, ${step}::int, ${hash} from held
        on conflict (trial_id) do update set attempt = excluded.attempt, step = excluded.step, hash = excluded.hash, made_at = now()
      )
      select before.hash as superseded from held left join checkpoints before on before.trial_id = held.id`);
    const row = rows[0];
    if (row === undefined) return { lease: 'lost' };
    const superseded = row.superseded === null || row.superseded === hash ? [] : [row.superseded];
    return { lease: 'alive', gone: await forgetArtifacts(tx, superseded) };
  });
}
