import { eq, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { Added, KnownResult, StudyId } from '../../search/study/storage.ts';
import { usedTrials } from '../budget/used-up.ts';
import type { Db } from '../database.ts';
import { studies, trials } from '../schema/index.ts';
import { refuseFrozen } from '../sql/frozen.ts';
import { enteredUnder, keyedRequest, onceForEachKey } from '../sql/idempotency-key.ts';

/**
 * Adds a result from elsewhere as a complete trial with attempt 0. It locks the study's row, so numbers stay dense and the budget exact;
 * the sampler sees it from the next ask on. No work is started, so of the budget only the number of trials limits it.
 */
export async function recordResult(
  db: Db,
  studyId: StudyId,
  { params, values, constraints, noise, dailyReturns, by, idempotencyKey }: KnownResult,
): Promise<Added> {
  const keyed = keyedRequest(idempotencyKey, {
    study: studyId,
    params,
    values,
    constraints,
    by,
    ...(noise && { noise }),
    ...(dailyReturns && { dailyReturns }),
  });
  return onceForEachKey(db, async (tx) => {
    const [study] = await tx.select().from(studies).where(eq(studies.id, studyId)).for('no key update');
    if (study === undefined)
      throw new AssayError('not_found', `there is no study with the key ${studyId}`, { hint: 'it may have been removed: assay study ls' });
    const before = await enteredUnder(tx, keyed);
    if (before !== null) return { kind: 'added', number: before };
    await refuseFrozen(tx, study);
    if (usedTrials(study) >= study.budgetTrials) return { kind: 'exhausted' };
    const number = study.nextNumber;
    const revision = study.revision + 1;
    const trial = tx
      .insert(trials)
      .values({
        studyId,
        number,
        state: 'complete',
        params,
        seed: 0,
        idempotencyKey,
        requestHash: keyed.hash,
        revision,
        worker: by,
        startedAt: sql`now()`,
        finishedAt: sql`now()`,
        value: values[0]!,
        values: values.length > 1 ? [...values] : null,
        constraints: constraints === undefined ? null : [...constraints],
        noiseVariance: noise?.variance ?? null,
        noiseSeeds: noise?.seeds ?? null,
        metricNames: [],
        metricValues: [],
      })
      .returning({ id: trials.id });
    // One statement: returns are added to no trial that has ended.
    await (dailyReturns === undefined
      ? trial
      : tx.execute(sql`with entered as ${trial} insert into trial_returns (trial_id, days, returns)
          select id, ${sql.param(dailyReturns.days)}::date[], ${sql.param(dailyReturns.returns)}::float8[] from entered`));
    await tx
      .update(studies)
      .set({ endedBecause: null, nextNumber: number + 1, revision, updatedAt: sql`now()` })
      .where(eq(studies.id, studyId));
    return { kind: 'added', number };
  });
}
