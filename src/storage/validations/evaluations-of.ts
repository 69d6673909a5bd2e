import { and, eq, isNull, or, type SQL } from 'drizzle-orm';
import type { Db } from '../database.ts';
import { evaluations, validationFolds } from '../schema/index.ts';

/** An evaluation of a trial or, without a seed, of a baseline, with the window of its fold. */
export interface EvaluationRow {
  readonly evaluation: typeof evaluations.$inferSelect;
  readonly window: typeof validationFolds.$inferSelect;
}

/** The evaluations of one trial and of the baselines in one validation, in the given order. */
export function evaluationsOf(db: Db, validationId: number, trialId: number, ...order: readonly SQL[]): Promise<readonly EvaluationRow[]> {
  return db
    .select({ evaluation: evaluations, window: validationFolds })
    .from(evaluations)
    .innerJoin(validationFolds, and(eq(validationFolds.validationId, evaluations.validationId), eq(validationFolds.fold, evaluations.fold)))
    .where(and(eq(evaluations.validationId, validationId), or(eq(evaluations.trialId, trialId), isNull(evaluations.trialId))))
    .orderBy(...order);
}
