import { type SQL, sql } from 'drizzle-orm';
import type { StudyId } from '../../search/study/storage.ts';

/** The contents of data that a study read, and every other one with bars of them, as a statement: `hash`. */
export function contentsLike(study: StudyId) {
  return sql`select hash from study_data where study_id = ${study}
    union select theirs.data_hash from study_data join data_days as own on own.data_hash = hash join data_days as theirs using (bars_hash)
    where study_id = ${study}`;
}

/**
 * The sessions of other contents of data whose bars these contents have, too, as a statement: `data_hash`, `starts_at`. What no trial or
 * validation ever opened is not known here.
 * @param where what a row of `own` must be besides
 */
export function sameDays(dataHashes: readonly string[], where: SQL = sql`true`) {
  const hashes = sql`${sql.param(dataHashes)}::text[]`;
  return sql`select distinct theirs.data_hash, theirs.starts_at from data_days as own join data_days as theirs using (bars_hash)
    where own.data_hash = any(${hashes}) and theirs.data_hash <> all(${hashes}) and ${where}`;
}
