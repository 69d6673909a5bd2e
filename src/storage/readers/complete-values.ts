import { and, asc, eq } from 'drizzle-orm';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';

/** The values of the complete trials that meet their constraints, in the order of their numbers. */
export async function completeValues(db: Db, study: StudyId): Promise<readonly number[]> {
  const rows = await db
    .select({ value: trials.value })
    .from(trials)
    .where(and(eq(trials.studyId, study), eq(trials.state, 'complete'), trials.feasible))
    .orderBy(asc(trials.number));
  return rows.map(({ value }) => value ?? Number.NaN);
}
