import { sql } from 'drizzle-orm';
import type { Db } from '../database.ts';

/** What tells one state of a study from the next. */
export interface StudyRevision {
  readonly revision: number;
  /** Changes with every report and renewal of a running trial, which leave the revision alone; null while none runs. */
  readonly progress: string | null;
  /** How many folds are judged, over all validations of the study. They leave the revision alone too. */
  readonly evaluations: number;
}

/** Null where there is no such study. Cheap: what readers ask before they ask for the rest. */
export async function studyRevision(db: Db, name: string): Promise<StudyRevision | null> {
  const { rows } = await db.execute<{ revision: string | number; progress: string | null; judged: string | number }>(sql`
    select revision,
      -- Each lease only ever moves forward, so the sum does. Microseconds, as text: beyond what a double holds.
      (select sum((extract(epoch from lease_expires_at) * 1000000)::bigint)::text from trials where study_id = studies.id and state = 'running') as progress,
      (select count(*) from judgements join validations on validations.id = judgements.validation_id where validations.study_id = studies.id) as judged
    from studies where name = ${name}`);
  const row = rows[0];
  return row === undefined ? null : { revision: Number(row.revision), progress: row.progress, evaluations: Number(row.judged) };
}
