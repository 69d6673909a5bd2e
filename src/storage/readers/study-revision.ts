import { sql } from 'drizzle-orm';
import type { Db } from '../database.ts';

/** Values that change with the state of a study. */
export interface StudyRevision {
  readonly revision: number;
  /** Changes with each report and renewal of a running trial, which do not change the revision (null: none runs). */
  readonly progress: string | null;
  /** Number of evaluated folds in all validations of the study, which do not change the revision either. */
  readonly evaluations: number;
  /** The newest look of any study: validations show how many there are (0: none). */
  readonly lastLook: number;
}

/** Reads the revision of a study (null: there is no such study). Cheap: readers call it before they read the rest. */
export async function studyRevision(db: Db, name: string): Promise<StudyRevision | null> {
  const { rows } = await db.execute<{
    revision: string | number;
    progress: string | null;
    evaluations: string | number;
    last_look: string | number;
  }>(sql`
    select revision,
      -- Each lease only ever moves forward, so the sum does. Microseconds, as text: beyond what a double holds.
      (select sum((extract(epoch from lease_expires_at) * 1000000)::bigint)::text from trials where study_id = studies.id and state = 'running') as progress,
      (select count(*) from judgements join validations on validations.id = judgements.validation_id where validations.study_id = studies.id) as evaluations,
      (select coalesce(max(id), 0) from looks) as last_look
    from studies where name = ${name}`);
  const row = rows[0];
  if (row === undefined) return null;
  return { revision: Number(row.revision), progress: row.progress, evaluations: Number(row.evaluations), lastLook: Number(row.last_look) };
}
