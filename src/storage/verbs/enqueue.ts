import { eq } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import { checkParams } from '../../search/space/codec.ts';
import { compileSpace } from '../../search/space/compile.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { StudyId } from '../../search/study/storage.ts';
import { usedTrials } from '../budget/used-up.ts';
import type { Db } from '../database.ts';
import { studies, trials } from '../schema/index.ts';
import { queueNext } from './queue-next.ts';

export interface EnqueueRequest {
  readonly params: FlatParams;
  /** By default derived from the study's seed and the trial's number. */
  readonly seed?: number;
  /** A UUID chosen by the caller, once per trial that is wanted: the same request repeated queues nothing more. */
  readonly orderKey: string;
  /** Where the budget is used up, make it larger by this trial; otherwise that is a conflict. */
  readonly raiseBudget?: boolean;
}

/**
 * Queue a trial with parameters that somebody chose. It takes a place in the budget as any other does. Returns its number.
 * @throws AssayError `params_invalid`; `conflict` where the budget is used up or the study is stopped; `not_found`.
 */
export async function enqueue(db: Db, id: StudyId, { params, seed, orderKey, raiseBudget = false }: EnqueueRequest): Promise<number> {
  return db.transaction(async (tx) => {
    const [study] = await tx.select().from(studies).where(eq(studies.id, id)).for('no key update');
    if (study === undefined)
      throw new AssayError('not_found', `there is no study with the key ${id}`, { hint: 'it may have been removed: assay study ls' });
    const [before] = await tx.select({ number: trials.number }).from(trials).where(eq(trials.orderKey, orderKey));
    if (before !== undefined) return before.number;

    checkParams(compileSpace(study.space), params);
    if (study.standing === 'stopped')
      throw new AssayError('conflict', `study ${study.name} is stopped`, { hint: `assay study resume ${study.name}` });
    const used = await usedTrials(tx, study);
    if (used >= study.budgetTrials) {
      if (!raiseBudget)
        throw new AssayError('conflict', `the budget of study ${study.name} is used up: ${used} of ${study.budgetTrials} trials`, {
          hint: 'with --raise-budget the study gets one trial more',
        });
      await tx
        .update(studies)
        .set({ budgetTrials: used + 1 })
        .where(eq(studies.id, id));
    }
    const number = await queueNext(tx, study, { params, orderKey, ...(seed !== undefined && { seed }) });
    if (number === null) throw new AssayError('internal', `study ${study.name} changed while it was locked`);
    return number;
  });
}
