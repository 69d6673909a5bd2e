import { sql } from 'drizzle-orm';
import type { CheckpointRef, Lease } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { isHeld } from '../sql/lease.ts';

/** The newest checkpoint of the trial, by any of its attempts (null: there is none). */
export async function findCheckpoint(db: Db, lease: Lease): Promise<CheckpointRef | null | 'lost'> {
  const { rows } = await db.execute<FoundRow>(sql`
    select checkpoints.step, checkpoints.hash, artifacts.bytes
    from trials left join checkpoints on checkpoints.trial_id = trials.id left join artifacts on artifacts.hash = checkpoints.hash
    where ${isHeld(lease)}`);
  const row = rows[0];
  if (row === undefined) return 'lost';
  return row.hash === null ? null : { step: row.step, hash: row.hash, bytes: Number(row.bytes) };
}

/** All null if there is no checkpoint. */
type FoundRow = { readonly step: number; readonly hash: string | null; readonly bytes: string };
