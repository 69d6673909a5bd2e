import { and, asc, desc, eq } from 'drizzle-orm';
import type { Db } from '../database.ts';
import { evaluations, trials, validations, validationTrials } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';
import { isEvidence } from './evidence-only.ts';

export interface NewestValidation {
  readonly id: number;
  /** Every seed that was asked for. */
  readonly seeds: readonly number[];
}

/** The newest validation of a trial on the study's own folds that has an evaluation of it (null: none). */
export async function newestValidation(db: Db, trialId: number): Promise<NewestValidation | null> {
  const [newest] = await db
    .select({ id: validations.id, seeds: validationTrials.seeds })
    .from(evaluations)
    .innerJoin(validations, eq(validations.id, evaluations.validationId))
    .innerJoin(validationTrials, and(eq(validationTrials.validationId, validations.id), eq(validationTrials.trialId, trialId)))
    .where(and(eq(evaluations.trialId, trialId), isEvidence))
    .orderBy(desc(validations.id))
    .limit(1);
  return newest ?? null;
}

/** Number of the validated trial with the best value of the first objective (null: no trial is validated). */
export async function bestValidated(db: Db, study: StudyRow): Promise<number | null> {
  const towards = study.direction === 'minimize' ? asc : desc;
  const [best] = await db
    .selectDistinct({ number: trials.number, value: trials.value })
    .from(evaluations)
    .innerJoin(trials, eq(trials.id, evaluations.trialId))
    .innerJoin(validations, eq(validations.id, evaluations.validationId))
    .where(and(eq(validations.studyId, study.id), isEvidence))
    .orderBy(towards(trials.value), asc(trials.number))
    .limit(1);
  return best?.number ?? null;
}
