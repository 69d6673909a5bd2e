import { eq, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { StudyId } from '../../search/study/storage.ts';
import { longAnswerMs, withAnswerLimit } from '../answer-limit.ts';
import type { Db } from '../database.ts';
import { studies } from '../schema/index.ts';
import { isUnfinished } from './control-study.ts';

/**
 * Remove a study with its trials, curves and validations. Artifacts stay in the store. A trigger keeps how many trials were tried on which
 * data, so that no removal lowers the bar for luck. Removing it again is harmless.
 * @throws AssayError `conflict` while trials run, or where a model came out of one of its trials: the ledger points there.
 */
export function removeStudy(db: Db, id: StudyId): Promise<void> {
  return withAnswerLimit(longAnswerMs, () => db.transaction((tx) => removeWithin(tx, id)));
}

async function removeWithin(tx: Db, id: StudyId): Promise<void> {
  // Trials before the study, as everywhere: see nextRevision. Those that have ended nobody locks any more.
  await tx.execute(sql`select from trials where study_id = ${id} and ${isUnfinished} order by id for no key update`);
  const [study] = await tx.select().from(studies).where(eq(studies.id, id)).for('update');
  if (study === undefined) return;
  const versions = await versionsOf(tx, id);
  if (versions.length > 0)
    throw new AssayError('conflict', `study ${study.name} cannot be removed: ${versions.join(', ')} came out of it`, {
      hint: `the ledger names its trials for ever, as evidence; assay study stop ${study.name} ends it, and assay gc --keep-top 1 frees what its other trials attached`,
    });
  const { rowCount } = await tx.execute(sql`select from trials where study_id = ${id} and state = 'running' limit 1`);
  if (rowCount !== 0)
    throw new AssayError('conflict', `trials of study ${study.name} are running`, {
      hint: `first: assay study cancel ${study.name}, then wait until they have ended`,
    });
  await tx.delete(studies).where(eq(studies.id, id));
}

/** `model@7`, of every version that came out of the study. */
async function versionsOf(tx: Db, study: StudyId): Promise<readonly string[]> {
  const { rows } = await tx.execute<{ address: string }>(sql`
    select models.name || '@' || version as address from model_versions join models on models.id = model_id join trials on trials.id = trial_id
    where study_id = ${study} order by model_id, version`);
  return rows.map(({ address }) => address);
}
