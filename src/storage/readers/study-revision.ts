import { sql } from 'drizzle-orm';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { prepared } from '../sql/prepared.ts';

/** Values that change with the state of a study. */
export interface StudyRevision {
  /** Never given to another study, unlike the name. */
  readonly id: StudyId;
  readonly revision: number;
  /** Changes with each report and renewal of a running trial, which do not change the revision (null: none runs). */
  readonly progress: string | null;
}

/** Values that change with what validations of a study show. */
export interface EvaluationsRevision {
  /** Number of evaluated folds in all validations of the study, which do not change the revision. */
  readonly evaluations: number;
  /** The newest look of any study: validations show how many there are (0: none). */
  readonly lastLook: number;
  /** The newest session of any content of data: looks are counted by their bars (0: none). */
  readonly lastDay: number;
}

const readRevision = prepared<{ id: number; revision: string; progress: string | null }, 'name'>(
  'study_revision',
  (is) => sql`
    select id, revision,
      -- Each lease only ever moves forward, so the sum does. Microseconds, as text: beyond what a double holds.
      (select sum((extract(epoch from lease_expires_at) * 1000000)::bigint)::text from trials where study_id = studies.id and state = 'running') as progress
    from studies where name = ${is('name')}`,
);

const readEvaluations = prepared<{ evaluations: string; last_look: string; last_day: string }, 'study'>(
  'study_evaluations',
  (is) => sql`
    select (select count(*) from judgements join validations on validations.id = judgements.validation_id where validations.study_id = ${is('study')}) as evaluations,
      (select coalesce(max(id), 0) from looks) as last_look, (select coalesce(max(id), 0) from data_days) as last_day`,
);

/** Reads the revision of a study (null: there is no such study). Cheap: readers call it before they read the rest. */
export async function studyRevision(db: Db, name: string): Promise<StudyRevision | null> {
  const { rows } = await readRevision(db, { name });
  const row = rows[0];
  return row === undefined ? null : { id: row.id, revision: Number(row.revision), progress: row.progress };
}

export async function evaluationsRevision(db: Db, study: StudyId): Promise<EvaluationsRevision> {
  const { rows } = await readEvaluations(db, { study });
  const { evaluations = 0, last_look: lastLook = 0, last_day: lastDay = 0 } = rows[0] ?? {};
  return { evaluations: Number(evaluations), lastLook: Number(lastLook), lastDay: Number(lastDay) };
}
