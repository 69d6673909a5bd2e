import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Json } from '../../core/json.ts';
import { checkRules, type DataQualityCheck, type LookAheadCheck, type PolicyChecks } from '../../search/study/checks.ts';
import type { RuntimeInfo } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { evaluations, trials, validationChecks } from '../schema/index.ts';
import { type OpenValidation, policySubject } from './save-validation.ts';

/** Result of one check of a validation. */
export type NewCheck =
  | { readonly subject: 'data'; readonly result: DataQualityCheck }
  | { readonly subject: 'features'; readonly fold: number; readonly result: LookAheadCheck }
  /** Of the policy of a trial, with the seed in its result. */
  | { readonly subject: 'policy'; readonly fold: number; readonly number: number; readonly result: PolicyChecks };

/** Stores a check. The first of its kind stays; saving again changes nothing. */
export async function saveCheck(
  db: Db,
  validation: Pick<OpenValidation, 'id' | 'study'>,
  check: NewCheck,
  ranOn: RuntimeInfo,
): Promise<void> {
  const { subject, result } = check;
  const number = check.subject === 'policy' ? check.number : null;
  await db
    .insert(validationChecks)
    .values({
      validationId: validation.id,
      subject,
      rule: checkRules[subject],
      fold: check.subject === 'data' ? null : check.fold,
      trialId: number === null ? null : sql`(select id from trials where study_id = ${validation.study} and number = ${number})`,
      seed: check.subject === 'policy' ? check.result.seed : null,
      // What JSON cannot hold is null there.
      result: result as unknown as Json,
      ranOn,
    })
    .onConflictDoNothing();
}

/** An evaluated policy that was not checked yet, by the hashes of its bytes, and what it returned. */
export interface UncheckedPolicy {
  readonly number: number;
  readonly fold: number;
  readonly seed: number;
  readonly policyHash: string;
  readonly stepReturnsHash: string;
  readonly dailyReturns: readonly number[];
}

/** What of a validation is still to be checked, for the evaluated policies of some trials. */
export interface Unchecked {
  readonly data: boolean;
  /** Numbers of folds. */
  readonly features: readonly number[];
  /** By trial, fold and seed. */
  readonly policies: readonly UncheckedPolicy[];
}

export async function readUnchecked(
  db: Db,
  validation: number,
  { numbers, folds }: { readonly numbers: readonly number[]; readonly folds: readonly number[] },
): Promise<Unchecked> {
  const ofRule = (subject: keyof typeof checkRules) =>
    and(
      eq(validationChecks.validationId, validation),
      eq(validationChecks.subject, subject),
      eq(validationChecks.rule, checkRules[subject]),
    );
  const [data, features, policies] = await Promise.all([
    db.$count(validationChecks, ofRule('data')),
    db.select({ fold: validationChecks.fold }).from(validationChecks).where(ofRule('features')),
    db
      .select({
        number: trials.number,
        fold: evaluations.fold,
        seed: evaluations.seed,
        policyHash: evaluations.policyHash,
        stepReturnsHash: evaluations.stepReturnsHash,
        dailyReturns: evaluations.dailyReturns,
      })
      .from(evaluations)
      .innerJoin(trials, eq(trials.id, evaluations.trialId))
      .leftJoin(
        validationChecks,
        and(
          ofRule('policy'),
          eq(validationChecks.trialId, evaluations.trialId),
          eq(validationChecks.seed, evaluations.seed),
          eq(validationChecks.fold, evaluations.fold),
        ),
      )
      .where(
        and(
          eq(evaluations.validationId, validation),
          eq(evaluations.subject, policySubject),
          inArray(trials.number, [...numbers]),
          isNull(validationChecks.id),
        ),
      )
      .orderBy(asc(trials.number), asc(evaluations.fold), asc(evaluations.seed)),
  ]);
  const checked = new Set(features.map(({ fold }) => fold));
  return {
    data: data === 0,
    features: folds.filter((fold) => !checked.has(fold)),
    policies: policies.flatMap(({ seed, policyHash, ...row }) =>
      seed === null || policyHash === null ? [] : [{ ...row, seed, policyHash }],
    ),
  };
}
