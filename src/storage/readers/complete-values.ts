import { and, asc, eq, isNotNull } from 'drizzle-orm';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';

/** Reads the values of the complete feasible trials, by number. */
export async function completeValues(db: Db, study: StudyId): Promise<readonly number[]> {
  const rows = await db
    .select({ value: trials.value })
    .from(trials)
    .where(and(eq(trials.studyId, study), eq(trials.state, 'complete'), trials.feasible, isNotNull(trials.value)))
    .orderBy(asc(trials.number));
  return rows.map(({ value }) => value ?? Number.NaN);
}
