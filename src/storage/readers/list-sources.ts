import { asc, inArray } from 'drizzle-orm';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { studies } from '../schema/index.ts';

/** Where the source of each of these studies is, and what it needs; null for every study. Those that do not exist are left out. */
export async function listSources(db: Db, ids: readonly StudyId[] | null) {
  const rows = await db
    .select({
      id: studies.id,
      name: studies.name,
      needs: studies.needs,
      url: studies.moduleUrl,
      sourceHash: studies.sourceHash,
      packagesHash: studies.packagesHash,
    })
    .from(studies)
    .where(ids === null ? undefined : inArray(studies.id, [...ids]))
    .orderBy(asc(studies.id));
  return rows.map(({ id, name, needs, ...module }) => ({ id, name, needs, module }));
}
