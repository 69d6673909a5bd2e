import { eq, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { Asked, StudyId } from '../../search/study/storage.ts';
import type { Constraints } from '../../search/trial/history.ts';
import { usedTrials } from '../budget/used-up.ts';
import type { Db } from '../database.ts';
import { studies, trials } from '../schema/index.ts';

export interface KnownResult {
  readonly params: FlatParams;
  /** One for each objective; may be infinite, never NaN. */
  readonly values: readonly number[];
  readonly constraints?: Constraints | undefined;
  /** Who knows it. */
  readonly by: string;
}

/**
 * Enter a result known from elsewhere as a complete trial that nobody ran: attempt 0. Takes turns with `ask`, so numbers stay
 * dense and the budget exact; the sampler sees it from the next ask on. The params must fit the space. Nothing is begun, so the budget's number of trials
 * alone limits it: what stops a study from spending more does not keep it from learning.
 */
export async function addTrial(db: Db, studyId: StudyId, { params, values, constraints, by }: KnownResult): Promise<Asked> {
  return db.transaction(async (tx) => {
    const [study] = await tx.select().from(studies).where(eq(studies.id, studyId)).for('no key update');
    if (study === undefined)
      throw new AssayError('not_found', `there is no study with the key ${studyId}`, { hint: 'it may have been removed: assay study ls' });
    if (usedTrials(study) >= study.budgetTrials) return { kind: 'exhausted', open: 0 };
    const number = study.nextNumber;
    const revision = study.revision + 1;
    await tx.insert(trials).values({
      studyId,
      number,
      state: 'complete',
      params,
      seed: 0,
      revision,
      worker: by,
      startedAt: sql`now()`,
      finishedAt: sql`now()`,
      value: values[0]!,
      values: values.length > 1 ? [...values] : null,
      constraints: constraints === undefined ? null : [...constraints],
      metricNames: [],
      metricValues: [],
    });
    await tx
      .update(studies)
      .set({ endedBecause: null, nextNumber: number + 1, revision, updatedAt: sql`now()` })
      .where(eq(studies.id, studyId));
    return { kind: 'queued', number };
  });
}
