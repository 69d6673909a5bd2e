import { eq, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { StudyId } from '../../search/study/storage.ts';
import { longAnswerMs, withAnswerLimit } from '../answer-limit.ts';
import type { Db } from '../database.ts';
import { studies } from '../schema/index.ts';
import { isUnfinished } from './order.ts';

/**
 * Remove a study with its trials, curves and validations. Removing it again is harmless. Artifacts stay in the store.
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
  const { rows } = await tx.execute<{ running: boolean; promoted: boolean }>(sql`
    select exists (select from trials where study_id = ${id} and state = 'running') as running,
      exists (select from model_versions join trials on trials.id = trial_id where study_id = ${id}) as promoted`);
  if (rows[0]?.promoted)
    throw new AssayError('conflict', `a promoted model came out of study ${study.name}`, {
      hint: 'it stays, so that the model can be traced back to it',
    });
  if (rows[0]?.running)
    throw new AssayError('conflict', `trials of study ${study.name} are running`, {
      hint: `first: assay study cancel ${study.name}, then wait until they have ended`,
    });
  await tx.delete(studies).where(eq(studies.id, id));
}
