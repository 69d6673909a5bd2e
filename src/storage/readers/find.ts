import { and, desc, eq, sql } from 'drizzle-orm';
import { parseTrialAddress, type TrialAddress } from '../../core/address.ts';
import { closestNames } from '../../core/closest-names.ts';
import { AssayError } from '../../core/errors.ts';
import type { StudyDescription } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { studies, trials } from '../schema/index.ts';
import type { StudyRow, TrialRow } from '../schema/rows.ts';
import { recordOf } from '../sql/study-record.ts';

/** Reads a study. @throws AssayError `not_found`, with the closest names */
export async function findStudy(db: Db, name: string): Promise<StudyRow> {
  const [study] = await db.select().from(studies).where(eq(studies.name, name));
  if (study !== undefined) return study;
  const names = await db.select({ name: studies.name }).from(studies).orderBy(desc(studies.id)).limit(1000);
  throw new AssayError('not_found', `there is no study ${name}`, {
    hint: meant(
      name,
      names.map((other) => other.name),
      'assay study ls shows all',
    ),
  });
}

/** Reads a study as its definition (null: there is none). */
export async function storedStudy(db: Db, name: string): Promise<StudyDescription | null> {
  const [study] = await db.select().from(studies).where(eq(studies.name, name));
  return study === undefined ? null : recordOf(study, false);
}

/** Reads a trial and its study. @throws AssayError `not_found`, with the range of numbers */
export async function findTrial(db: Db, address: string | TrialAddress): Promise<{ readonly study: StudyRow; readonly trial: TrialRow }> {
  const { study: name, number } = typeof address === 'string' ? parseTrialAddress(address) : address;
  const study = await findStudy(db, name);
  const [trial] = await db
    .select()
    .from(trials)
    .where(and(eq(trials.studyId, study.id), eq(trials.number, number)));
  if (trial !== undefined) return { study, trial };
  const range = study.nextNumber === 0 ? `study ${name} has no trials yet` : `its trials are numbered 0 to ${study.nextNumber - 1}`;
  throw new AssayError('not_found', `study ${name} has no trial ${number}`, { hint: `${range}; assay trial ls ${name} shows them` });
}

/** @throws AssayError `not_found` if no study is in the group and it was never frozen, with the closest names */
export async function requireGroup(db: Db, group: string): Promise<void> {
  const { rows } = await db.execute<{ name: string }>(
    sql`select group_name as name from studies where group_name is not null union select group_name from freezes`,
  );
  const names = rows.map(({ name }) => name);
  if (names.includes(group)) return;
  const known = names.length === 0 ? "write group: 'name' into the definition of a study" : `there are ${names.join(', ')}`;
  throw new AssayError('not_found', `there is no group ${group}`, { hint: meant(group, names, known) });
}

export function meant(name: string, names: readonly string[], otherwise: string): string {
  const near = closestNames(name, names);
  return near.length === 0 ? otherwise : `did you mean ${near.join(' or ')}? ${otherwise}`;
}
