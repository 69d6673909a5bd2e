import { and, eq, inArray, or, sql } from 'drizzle-orm';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';

/** Each was a chance to be lucky: it ended with an answer, or said how it went before somebody stopped it. */
const gaveAnAnswer = or(
  inArray(trials.state, ['complete', 'pruned', 'failed']),
  sql`exists (select from reports where reports.trial_id = ${trials.id})`,
);

/** How many trials of a study were tried: complete, pruned and failed ones, and whatever reported anything, cancelled ones too. */
export async function countTried(db: Db, study: StudyId): Promise<number> {
  return db.$count(trials, and(eq(trials.studyId, study), gaveAnAnswer));
}

/** The same over every study that read any of the data that this one read, this one included: a fresh name is no fresh start. */
export async function countTriedOnSameData(db: Db, study: StudyId): Promise<number> {
  const related = sql`${trials.studyId} = ${study} or ${trials.studyId} in (
    select other.study_id from study_data as own join study_data as other on other.hash = own.hash where own.study_id = ${study})`;
  return db.$count(trials, and(sql`(${related})`, gaveAnAnswer));
}
