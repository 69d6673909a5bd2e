import { eq, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { StudyId } from '../../search/study/storage.ts';
import { longAnswerMs, withAnswerLimit } from '../answer-limit.ts';
import type { Db } from '../database.ts';
import { studies } from '../schema/index.ts';
import { isUnfinished } from './control-study.ts';

/**
 * Removes a study with its trials, curves and validations. Artifacts stay in the store. A trigger keeps how many trials were tried on which
 * data, so that a removal does not lower the bar for luck. Safe to repeat.
 * @throws AssayError `conflict` while trials run, or if a model version is one of its trials, which the ledger refers to
 */
export function removeStudy(db: Db, id: StudyId): Promise<void> {
  return withAnswerLimit(longAnswerMs, () => db.transaction((tx) => removeWithin(tx, id, false)));
}

/** Removes a study whose client asks for it, with trials that run: no worker of ours has them. @throws AssayError `conflict` for a model version */
export function removeForeignStudy(db: Db, id: StudyId): Promise<void> {
  return withAnswerLimit(longAnswerMs, () => db.transaction((tx) => removeWithin(tx, id, true)));
}

async function removeWithin(tx: Db, id: StudyId, runningToo: boolean): Promise<void> {
  // Trials are locked before the study, see `nextRevision`; finished ones are locked by no verb.
  await tx.execute(sql`select from trials where study_id = ${id} and ${isUnfinished} order by id for no key update`);
  const [study] = await tx.select().from(studies).where(eq(studies.id, id)).for('update');
  if (study === undefined) return;
  const versions = await versionsOf(tx, id);
  if (versions.length > 0)
    throw new AssayError('conflict', `study ${study.name} cannot be removed: ${versions.join(', ')} came out of it`, {
      hint: `the ledger names its trials for ever, as evidence; assay study stop ${study.name} ends it, and assay gc --keep-top 1 frees what its other trials attached`,
    });
  const { rowCount } = await tx.execute(sql`select from trials where study_id = ${id} and state = 'running' limit 1`);
  if (rowCount !== 0 && !runningToo)
    throw new AssayError('conflict', `trials of study ${study.name} are running`, {
      hint: `first: assay study cancel ${study.name}, then wait until they have ended`,
    });
  await tx.delete(studies).where(eq(studies.id, id));
}

/** Addresses (`model@7`) of the versions that are trials of the study. */
async function versionsOf(tx: Db, study: StudyId): Promise<readonly string[]> {
  const { rows } = await tx.execute<{ address: string }>(sql`
    select models.name || '@' || version as address from model_versions join models on models.id = model_id join trials on trials.id = trial_id
    where study_id = ${study} order by model_id, version`);
  return rows.map(({ address }) => address);
}
