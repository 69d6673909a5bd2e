import { type SQL, sql } from 'drizzle-orm';
import type { DataRef, StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';

/** Binds a name that is read for the study outside of any trial. Returns the hash of the content that it is bound to. */
export async function bindData(db: Db, study: StudyId, { name, hash }: DataRef): Promise<string> {
  const { rows } = await db.execute<{ hash: string }>(binding(sql`values (${study}::int, ${name}, ${hash})`));
  return rows[0]?.hash ?? hash;
}

/** What was read of data grows: how far the search looked, and what was handed out, where null is all of it. */
export const growing = sql`searched_until = greatest(attempt_data.searched_until, excluded.searched_until),
  withheld_from = case when attempt_data.withheld_from is not null and excluded.withheld_from is not null
    then greatest(attempt_data.withheld_from, excluded.withheld_from) end`;

/** Updates without a change on conflict: `do nothing` would return no row, and would not see a row that was committed meanwhile. */
export function binding(row: SQL): SQL {
  return sql`insert into study_data (study_id, name, hash) ${row}
    on conflict (study_id, name) do update set hash = study_data.hash returning study_data.hash`;
}
