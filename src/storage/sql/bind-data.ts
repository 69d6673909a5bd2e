import { type SQL, sql } from 'drizzle-orm';
import type { DataRef, StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';

/** Bind a name that is read for the study outside of any trial; says which content it stands for. */
export async function bindData(db: Db, study: StudyId, { name, hash }: DataRef): Promise<string> {
  const { rows } = await db.execute<{ hash: string }>(binding(sql`values (${study}::int, ${name}, ${hash})`));
  return rows[0]?.hash ?? hash;
}

/** An update that changes nothing: `do nothing` would return no row, and a row of a transaction that just ended would stay unseen. */
export function binding(row: SQL): SQL {
  return sql`insert into study_data (study_id, name, hash) ${row}
    on conflict (study_id, name) do update set hash = study_data.hash returning study_data.hash`;
}
