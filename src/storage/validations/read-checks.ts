import { and, asc, eq, isNull, or } from 'drizzle-orm';
import { checkRules, type DataQualityCheck, type LookAheadCheck, type PolicyChecks } from '../../search/study/checks.ts';
import type { StoredChecks } from '../../validation/checks/assemble.ts';
import type { Db } from '../database.ts';
import { validationChecks } from '../schema/index.ts';

/** Reads the checks of a validation that belong to a trial, those of the present rules. */
export async function readChecks(db: Db, validation: number, trial: number): Promise<StoredChecks> {
  const rows = await db
    .select({
      subject: validationChecks.subject,
      rule: validationChecks.rule,
      fold: validationChecks.fold,
      result: validationChecks.result,
      ranOn: validationChecks.ranOn,
    })
    .from(validationChecks)
    .where(and(eq(validationChecks.validationId, validation), or(eq(validationChecks.trialId, trial), isNull(validationChecks.trialId))))
    .orderBy(asc(validationChecks.fold), asc(validationChecks.seed));
  const of = (subject: keyof typeof checkRules) =>
    rows
      .filter((row) => row.subject === subject && row.rule === checkRules[subject])
      .map(({ fold, result, ranOn }) => ({ fold: fold ?? 0, result, ranOn }));
  const data = of('data')[0]?.result as unknown as DataQualityCheck | undefined;
  return {
    // JSON holds no NaN.
    data: data === undefined ? null : { ...data, missingBars: data.missingBars ?? Number.NaN },
    features: new Map(of('features').map(({ fold, result }) => [fold, result as unknown as LookAheadCheck])),
    policies: of('policy').map(({ fold, result, ranOn }) => ({ ...(result as unknown as PolicyChecks), fold, ranOn })),
  };
}
