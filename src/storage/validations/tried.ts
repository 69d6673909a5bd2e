import { and, eq, inArray } from 'drizzle-orm';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';

/** How many trials were tried: pruned and failed ones count, for each was a chance to be lucky. Cancelled ones gave no answer. */
export async function countTried(db: Db, study: StudyId): Promise<number> {
  return db.$count(trials, and(eq(trials.studyId, study), inArray(trials.state, ['complete', 'pruned', 'failed'])));
}
