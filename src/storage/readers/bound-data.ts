import { and, asc, eq } from 'drizzle-orm';
import type { DataRef, StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { studies, studyData } from '../schema/index.ts';

/** The content that each name of a data set stands for in a study, by name. */
export async function readBoundData(db: Db, study: StudyId): Promise<readonly DataRef[]> {
  return db
    .select({ name: studyData.name, hash: studyData.hash })
    .from(studyData)
    .where(eq(studyData.studyId, study))
    .orderBy(asc(studyData.name));
}

/** Names of the studies that are bound to a data set: to this content of it, or to any where its content is not known. */
export async function studiesBoundTo(
  db: Db,
  { name, hash }: { readonly name: string; readonly hash: string | null },
): Promise<readonly string[]> {
  const rows = await db
    .select({ study: studies.name })
    .from(studyData)
    .innerJoin(studies, eq(studies.id, studyData.studyId))
    .where(and(eq(studyData.name, name), hash === null ? undefined : eq(studyData.hash, hash)))
    .orderBy(asc(studies.name));
  return rows.map(({ study }) => study);
}
