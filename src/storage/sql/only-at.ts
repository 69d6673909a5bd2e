import { type SQL, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';

/** Revisions of a study at which a command may be executed (null: any). */
export type OnlyAt = readonly number[] | null;

/**
 * Refuses a command for another revision of a study, whose row the transaction has locked.
 * @throws AssayError `changed`
 */
export function requireRevision({ name, revision }: { readonly name: string; readonly revision: number }, onlyAt: OnlyAt): void {
  if (onlyAt === null || onlyAt.includes(revision)) return;
  throw new AssayError('changed', `study ${name} has changed since it was read: it is at revision ${revision} now`, {
    hint: 'read it again, check that the command is still right, and send it with the new revision',
  });
}

/**
 * Executes a command if the study is at one of these revisions, under the lock of its row, which is held until the commit. The command
 * increments the revision even if it changes nothing, so of several commands for one revision exactly one is executed.
 * @param locks condition of the trials that the command changes: they are locked first
 * @throws AssayError `changed`; `not_found`; errors of the command
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
