import { eq } from 'drizzle-orm';
import { trialAddress } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import { checkParams } from '../../search/space/codec.ts';
import { compileSpace } from '../../search/space/compile.ts';
import { checkPriority } from '../../search/study/priority.ts';
import type { StudyId } from '../../search/study/storage.ts';
import { usedTrials, usedUp } from '../budget/used-up.ts';
import type { Db } from '../database.ts';
import { studies } from '../schema/index.ts';
import { refuseFrozen } from '../sql/frozen.ts';
import { enteredUnder, keyedRequest, onceForEachKey } from '../sql/idempotency-key.ts';
import { type OnlyAt, requireRevision } from '../sql/only-at.ts';
import { queueNext } from '../sql/queue-next.ts';
import { refuseForeign } from '../sql/refuse-foreign.ts';
import { type Choosing, chooseParams } from './choose-params.ts';

export interface EnqueueRequest extends Choosing {
  /** Default: derived from the study's seed and the trial's number. */
  readonly seed?: number;
  /** Default 0. The highest of a study is taken first. */
  readonly priority?: number;
  /** A UUID chosen by the caller, one for each trial: the same request sent again queues no second trial. */
  readonly idempotencyKey: string;
  /**
   * True: if a limit of the budget is used up, admits this one trial and raises the number of trials if needed; other limits stay. False:
   * `conflict`.
   */
  readonly raiseBudget?: boolean;
  /** Number of the trial that this one retries, with its parameters and seed. */
  readonly retryOf?: number;
  /** Executes the command only at one of these revisions of the study. A command executed before is answered at any. */
  readonly onlyAt?: OnlyAt;
}

/**
 * Queues a trial with given parameters and returns its number. It counts in the budget like any other.
 * @throws AssayError `params_invalid`; `conflict` if the budget is used up or the study is stopped or frozen, and for a key sent before with another
 * request; `changed`; `not_found`
 */
export async function enqueue(db: Db, id: StudyId, request: EnqueueRequest): Promise<number> {
  const {
    params: given,
    like,
    sameSeed,
    drawsRest,
    seed,
    priority = 0,
    idempotencyKey,
    raiseBudget = false,
    retryOf,
    onlyAt = null,
  } = request;
  const keyed = keyedRequest(idempotencyKey, { study: id, params: given, like, sameSeed, drawsRest, seed, priority, raiseBudget, retryOf });
  // A repeated request is answered before anything is read or drawn.
  const answered = await enteredUnder(db, keyed);
  if (answered !== null) return answered;
  // Before the study's row is locked, since a sampler may be slow.
  const chosen = like === undefined && drawsRest !== true ? { params: given } : await chooseParams(db, id, request);
  const { params } = chosen;
  return onceForEachKey(db, async (tx) => {
    const [study] = await tx.select().from(studies).where(eq(studies.id, id)).for('no key update');
    if (study === undefined)
      throw new AssayError('not_found', `there is no study with the key ${id}`, { hint: 'it may have been removed: assay study ls' });
    refuseForeign(study, 'its clients queue trials: study.enqueue_trial({...}) in Optuna');
    const before = await enteredUnder(tx, keyed);
    if (before !== null) return before;
    requireRevision(study, onlyAt);

    checkPriority(priority, 'usage');
    const checked = checkParams(compileSpace(study.space), params);
    if (study.desiredState === 'stopped')
      throw new AssayError('conflict', `study ${study.name} is stopped`, { hint: `assay study resume ${study.name}` });
    await refuseFrozen(tx, study);
    const because = await usedUp(tx, study);
    if (because !== null && !raiseBudget)
      throw new AssayError('conflict', `study ${study.name} takes no more trials: ${because}`, {
        hint: 'with --raise-budget it gets this one more',
      });
    const used = usedTrials(study);
    if (used >= study.budgetTrials)
      await tx
        .update(studies)
        .set({ budgetTrials: used + 1 })
        .where(eq(studies.id, id));
    const number = await queueNext(tx, study, {
      keyed,
      priority,
      ...(retryOf !== undefined && { repeatOf: trialAddress(study.name, retryOf) }),
      ...(seed !== undefined && { seed }),
      ...chosen,
      params: checked,
    });
    if (number === null) throw new AssayError('internal', `study ${study.name} changed while it was locked`);
    return number;
  });
}
