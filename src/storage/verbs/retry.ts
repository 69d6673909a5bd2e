import { and, eq } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import { type EnqueueRequest, enqueue } from './enqueue.ts';

/**
 * Queue a new trial with the parameters and the seed of one that failed or was cancelled; that one stays as it ended.
 * Returns the new number.
 * @throws AssayError `not_found`; `conflict` for a trial that is not finished or succeeded; what `enqueue` throws.
 */
export async function retryTrial(
  db: Db,
  study: StudyId,
  number: number,
  request: Pick<EnqueueRequest, 'orderKey' | 'raiseBudget' | 'onlyAt'>,
): Promise<number> {
  const [trial] = await db
    .select()
    .from(trials)
    .where(and(eq(trials.studyId, study), eq(trials.number, number)));
  if (trial === undefined) throw new AssayError('not_found', `the study has no trial ${number}`, { hint: 'assay trial ls shows them' });
  if (trial.state !== 'failed' && trial.state !== 'cancelled')
    throw new AssayError('conflict', `trial ${number} is ${trial.state}`, { hint: 'only a failed or cancelled trial is tried again' });
  return enqueue(db, study, { ...request, params: trial.params, seed: trial.seed, priority: trial.priority, retryOf: number });
}
