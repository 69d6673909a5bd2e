import { asc, inArray } from 'drizzle-orm';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { studies } from '../schema/index.ts';

/** Where the source of each of these studies is, and its hash; null for every study. Those that do not exist are left out. */
export async function listSources(db: Db, ids: readonly StudyId[] | null) {
  const rows = await db
    .select({ id: studies.id, name: studies.name, url: studies.moduleUrl, sourceHash: studies.sourceHash })
    .from(studies)
    .where(ids === null ? undefined : inArray(studies.id, [...ids]))
    .orderBy(asc(studies.id));
  return rows.map(({ id, name, url, sourceHash }) => ({ id, name, module: { url, sourceHash } }));
}
