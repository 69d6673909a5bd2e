import { and, asc, eq, inArray } from 'drizzle-orm';
import type { ArmEvaluation } from '../../validation/compare-arms.ts';
import type { Db } from '../database.ts';
import { evaluations, trials } from '../schema/index.ts';
import { policySubject } from './save-validation.ts';

/** Reads the evaluations of these trials and seeds in one validation, by trial, seed and fold. */
export async function readArm(
  db: Db,
  validation: number,
  wanted: { readonly trials: readonly number[]; readonly seeds: readonly number[] },
): Promise<readonly ArmEvaluation[]> {
  const rows = await db
    .select({ number: trials.number, seed: evaluations.seed, fold: evaluations.fold, dailyReturns: evaluations.dailyReturns })
    .from(evaluations)
    .innerJoin(trials, eq(trials.id, evaluations.trialId))
    .where(
      and(
        eq(evaluations.validationId, validation),
        eq(evaluations.subject, policySubject),
        inArray(trials.number, [...wanted.trials]),
        inArray(evaluations.seed, [...wanted.seeds]),
      ),
    )
    .orderBy(asc(trials.number), asc(evaluations.seed), asc(evaluations.fold));
  return rows.flatMap(({ seed, ...row }) => (seed === null ? [] : [{ ...row, seed }]));
}
