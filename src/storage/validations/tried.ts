import { and, eq, inArray, or, sql } from 'drizzle-orm';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';

/**
 * True if the trial was a chance to be lucky: it ended with an outcome, or reported before it was cancelled. The trigger
 * `keep_what_was_tried` counts the trials of a removed study by the same rule.
 */
const gaveAnAnswer = or(
  inArray(trials.state, ['complete', 'pruned', 'failed']),
  sql`exists (select from reports where reports.trial_id = ${trials.id})`,
);

/** Number of tried trials of a study: complete, pruned and failed ones, and cancelled ones that had reported. */
export async function countTried(db: Db, study: StudyId): Promise<number> {
  return db.$count(trials, and(eq(trials.studyId, study), gaveAnAnswer));
}

/**
 * Number of tried trials of every study that read any of the data that this one read, removed studies included: neither a new name nor a
 * removal lowers the bar.
 */
export async function countTriedOnSameData(db: Db, study: StudyId): Promise<number> {
  const own = sql`select hash from study_data where study_id = ${study}`;
  const related = sql`${trials.studyId} = ${study} or ${trials.studyId} in (select study_id from study_data where hash in (${own}))`;
  const [present, { rows }] = await Promise.all([
    db.$count(trials, and(sql`(${related})`, gaveAnAnswer)),
    db.execute<{ tried: number }>(sql`
      select coalesce(sum(trials_tried), 0)::int as tried from removed_studies
      where id in (select removed_id from removed_study_data where hash in (${own}))`),
  ]);
  return present + (rows[0]?.tried ?? 0);
}

/** Number of looks of a study at test days: for each validation, the trials that it evaluated. */
export async function countLooks(db: Db, study: StudyId): Promise<number> {
  const { rows } = await db.execute<{ looks: number }>(sql`
    select count(distinct (validation_id, trial_id))::int as looks from judgements join validations on validations.id = validation_id
    where study_id = ${study} and trial_id is not null`);
  return rows[0]?.looks ?? 0;
}
