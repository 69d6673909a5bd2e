import { and, asc, desc, eq } from 'drizzle-orm';
import { trialAddress } from '../../core/address.ts';
import type { JudgedTrial } from '../../validation/compare-judged.ts';
import type { Db } from '../database.ts';
import { evaluations, validationFolds, validations, validationTrials } from '../schema/index.ts';
import type { StudyRow, TrialRow } from '../schema/rows.ts';
import { metricsFromColumns } from '../sql/metrics.ts';
import { isEvidence } from './evidence-only.ts';
import { policySubject } from './save-validation.ts';

/**
 * Every finished validation of a trial that is evidence, the newest first: no arm of an ablation, no other scheme, no look at a vault.
 * @param name for messages
 */
export async function readJudged(
  db: Db,
  { study, trial }: { readonly study: StudyRow; readonly trial: TrialRow },
  name: string,
): Promise<readonly JudgedTrial[]> {
  const asked = await db
    .select({ id: validations.id, seeds: validationTrials.seeds })
    .from(validationTrials)
    .innerJoin(validations, eq(validations.id, validationTrials.validationId))
    .where(and(eq(validationTrials.trialId, trial.id), isEvidence))
    .orderBy(desc(validations.id));
  const read = await Promise.all(
    asked.map(async ({ id, seeds }): Promise<JudgedTrial | null> => {
      const [folds, rows] = await Promise.all([
        db.select().from(validationFolds).where(eq(validationFolds.validationId, id)).orderBy(asc(validationFolds.fold)),
        db
          .select()
          .from(evaluations)
          .where(and(eq(evaluations.validationId, id), eq(evaluations.subject, policySubject), eq(evaluations.trialId, trial.id)))
          .orderBy(asc(evaluations.seed), asc(evaluations.fold)),
      ]);
      if (folds.length === 0 || rows.length < folds.length * seeds.length) return null;
      const data = new Map(rows.flatMap(({ dataNames, dataHashes }) => dataNames.map((data, i) => [data, dataHashes[i] ?? ''] as const)));
      return {
        name,
        trial: trialAddress(study.name, trial.number),
        folds: folds.map(({ fold, testStart, testEnd }) => ({ fold, testStart: testStart.getTime(), testEnd: testEnd.getTime() })),
        data: [...data].map(([name, hash]) => ({ name, hash })),
        seeds,
        evaluations: rows.flatMap((row) =>
          row.seed === null ? [] : [{ seed: row.seed, fold: row.fold, dailyReturns: row.dailyReturns, costs: costsOf(row) }],
        ),
      };
    }),
  );
  return read.filter((judged) => judged !== null);
}

/** The rates that an evaluation was charged, in basis points or by the unit. */
function costsOf({
  transactionBp,
  impactBp,
  metricNames,
  metricValues,
}: typeof evaluations.$inferSelect): Readonly<Record<string, number>> {
  const metrics = Object.entries(metricsFromColumns(metricNames, metricValues));
  return {
    transactionBp,
    impactBp,
    ...Object.fromEntries(metrics.filter(([name]) => name === 'slippageTicks' || name.startsWith('feePerSide.'))),
  };
}
