import { type SQL, sql } from 'drizzle-orm';

/**
 * Takes the study's next numbers, as a statement for a `with`: `study (id, revision, number)`, empty if it takes no trials. The study's row stays
 * locked until the commit, and ids are drawn behind it, so those of a study become visible in their order: a client never asks again for ids
 * below one that it has seen finished.
 */
export const takeNumbers = (study: unknown, count: number): SQL => sql`update studies
    set next_number = next_number + ${sql.raw(String(count))}, revision = revision + 1, ended_because = null, updated_at = now()
    where id = ${study}::bigint and foreign_kind = 'optuna' and standing = 'open' and frozen_by is null
    returning id, revision, next_number - ${sql.raw(String(count))} as number`;
