import { and, eq, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';
import { repeatableSeed } from './choose-params.ts';
import { type EnqueueRequest, enqueue } from './enqueue-trial.ts';

/**
 * Queues a new trial with the parameters and seed of one that failed or was cancelled, or with `sameSeed` of any ended one; the old trial
 * does not change. The new trial names the old one; it is never pruned where that one had a result. Returns the new number.
 * @throws AssayError `not_found`; `conflict` for a trial that has not ended, for one that succeeded without `sameSeed`, and for one that
 * its seed does not repeat; errors of `enqueue`
 */
export async function retryTrial(
  db: Db,
  study: StudyId,
  number: number,
  { sameSeed = false, ...request }: Pick<EnqueueRequest, 'idempotencyKey' | 'raiseBudget' | 'onlyAt'> & { readonly sameSeed?: boolean },
): Promise<number> {
  const [trial] = await db
    .select()
    .from(trials)
    .where(and(eq(trials.studyId, study), eq(trials.number, number)));
  if (trial === undefined) throw new AssayError('not_found', `the study has no trial ${number}`, { hint: 'assay trial ls shows them' });
  const ended = trial.state === 'complete' || trial.state === 'pruned';
  if (!ended && trial.state !== 'failed' && trial.state !== 'cancelled')
    throw new AssayError('conflict', `trial ${number} is ${trial.state}`, { hint: 'a trial is tried again when it has ended' });
  if (ended && !sameSeed)
    throw new AssayError('conflict', `trial ${number} is ${trial.state}`, {
      hint: 'it did not fail; --same-seed runs it once more as a new trial with its parameters and seed',
    });
  const seed = sameSeed ? repeatableSeed(trial) : trial.seed;
  return enqueue(db, study, { ...request, sameSeed, params: trial.params, seed, priority: trial.priority, retryOf: number });
}

/** Numbers of the failed trials of a study that no other one repeats, in their order. */
export async function failedTrials(db: Db, { id, name }: Pick<StudyRow, 'id' | 'name'>): Promise<readonly number[]> {
  const { rows } = await db.execute<{ number: number }>(sql`
    select number from trials where study_id = ${id} and state = 'failed'
      and not exists (select from trials as later where later.study_id = ${id} and later.repeat_of = ${name} || '#' || trials.number)
    order by number`);
  return rows.map(({ number }) => number);
}
