import { asc, eq } from 'drizzle-orm';
import type { DataRef, StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { studyData } from '../schema/index.ts';

/** The content that each name of a data set stands for in a study, by name. */
export async function readBoundData(db: Db, study: StudyId): Promise<readonly DataRef[]> {
  return db
    .select({ name: studyData.name, hash: studyData.hash })
    .from(studyData)
    .where(eq(studyData.studyId, study))
    .orderBy(asc(studyData.name));
}
