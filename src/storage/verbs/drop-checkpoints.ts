import { sql } from 'drizzle-orm';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { forgetArtifacts } from '../sql/forget-artifacts.ts';

/** Deletes the checkpoints of the study's finished trials. Returns the hashes of bytes that nothing refers to any more. */
export async function dropCheckpoints(db: Db, study: StudyId): Promise<readonly string[]> {
  return db.transaction(async (tx) => {
    const { rows } = await tx.execute<{ hash: string }>(sql`
      delete from checkpoints using trials
      where trials.id = checkpoints.trial_id and trials.study_id = ${study} and trials.state not in ('queued', 'running', 'paused')
      returning checkpoints.hash`);
    return forgetArtifacts(
      tx,
      rows.map(({ hash }) => hash),
    );
  });
}
