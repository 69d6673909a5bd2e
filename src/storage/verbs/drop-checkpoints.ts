import { sql } from 'drizzle-orm';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { forgetArtifacts } from './forget-artifacts.ts';

/** Give up the checkpoints of the study's finished trials. Returns the hashes whose bytes may go. */
export async function dropCheckpoints(db: Db, study: StudyId): Promise<readonly string[]> {
  const { rows } = await db.execute<{ hash: string }>(sql`
    delete from checkpoints using trials
    where trials.id = checkpoints.trial_id and trials.study_id = ${study} and trials.state not in ('queued', 'running')
    returning checkpoints.hash`);
  return forgetArtifacts(
    db,
    rows.map(({ hash }) => hash),
  );
}
