import { and, eq, inArray, or, sql } from 'drizzle-orm';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';

/**
 * Each was a chance to be lucky: it ended with an answer, or said how it went before somebody stopped it. The trigger
 * `keep_what_was_tried` counts the trials of a study that is removed by the same rule.
 */
const gaveAnAnswer = or(
  inArray(trials.state, ['complete', 'pruned', 'failed']),
  sql`exists (select from reports where reports.trial_id = ${trials.id})`,
);

/** How many trials of a study were tried: complete, pruned and failed ones, and whatever reported anything, cancelled ones too. */
export async function countTried(db: Db, study: StudyId): Promise<number> {
  return db.$count(trials, and(eq(trials.studyId, study), gaveAnAnswer));
}

/**
 * The same over every study that read any of the data that this one read, this one and those that were removed included: neither a fresh
 * name nor a removal is a fresh start.
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

/** How many looks at test days a study took: trials that each of its validations judged. */
export async function countLooks(db: Db, study: StudyId): Promise<number> {
  const { rows } = await db.execute<{ looks: number }>(sql`
    select count(distinct (validation_id, trial_id))::int as looks from judgements join validations on validations.id = validation_id
    where study_id = ${study} and trial_id is not null`);
  return rows[0]?.looks ?? 0;
}
