import { type SQL, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';

/** Revisions of a study at which an order may be carried out; null: at any. */
export type OnlyAt = readonly number[] | null;

/**
 * Refuses an order about another state of a study, whose row this transaction has locked.
 * @throws AssayError `changed`
 */
export function requireRevision({ name, revision }: { readonly name: string; readonly revision: number }, onlyAt: OnlyAt): void {
  if (onlyAt === null || onlyAt.includes(revision)) return;
  throw new AssayError('changed', `study ${name} has changed since it was read: it is at revision ${revision} now`, {
    hint: 'read it again, look whether the order is still right, and send it for what there is now',
  });
}

/**
 * Carries out an order while the study is still at one of these revisions, compared under the lock of its row, which is kept until the order
 * is committed. An order that is carried out steps the revision also where it finds nothing to do, so that of any number of orders that name
 * the same revision exactly one is carried out.
 * @param locks which trials of the study the order changes: they are locked first, as everywhere
 * @throws AssayError `changed`; `not_found`; what the order throws
 */
export async function onlyAtRevision<Result>(
  db: Db,
  { study: id, onlyAt, locks }: { readonly study: StudyId; readonly onlyAt: OnlyAt; readonly locks: SQL },
  control: (tx: Db) => Promise<Result>,
): Promise<Result> {
  if (onlyAt === null) return control(db);
  return db.transaction(async (tx) => {
    await tx.execute(sql`select from trials where study_id = ${id} and ${locks} order by id for no key update`);
    const { rows } = await tx.execute<{ name: string; revision: string | number }>(
      sql`select name, revision from studies where id = ${id} for no key update`,
    );
    const [study] = rows;
    if (study === undefined)
      throw new AssayError('not_found', `there is no study with the key ${id}`, { hint: 'it may have been removed: assay study ls' });
    requireRevision({ name: study.name, revision: Number(study.revision) }, onlyAt);
    const result = await control(tx);
    await tx.execute(sql`
      update studies set revision = revision + 1, updated_at = now() where id = ${id} and revision = ${study.revision}::bigint`);
    return result;
  });
}
