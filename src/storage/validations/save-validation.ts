import { and, eq, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import { hashOf, type Json } from '../../core/json.ts';
import type { DataRef, RuntimeInfo, StudyId } from '../../search/study/storage.ts';
import type { FoldEvaluation, FoldWindow } from '../../search/study/walk-forward.ts';
import type { EvidenceOrigin } from '../../validation/gates/gate.ts';
import { floatsToBytes } from '../artifacts/floats.ts';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { Db } from '../database.ts';
import { artifacts, evaluations, trials, validationFolds, validations } from '../schema/index.ts';
import { recordLooks } from './looks.ts';

/** Everything else that changes a result: the data by the hashes of their content, the study's source, and what the caller adds. */
export type ValidationDefinition = {
  readonly data: readonly DataRef[];
  /** Hash of the source that evaluates; it evaluates only trials that were searched with the same source. */
  readonly source: string;
  readonly [key: string]: Json;
};

export interface ValidationPlan {
  readonly study: StudyId;
  /** Numbers of the trials to evaluate. */
  readonly trials: readonly number[];
  /** Seeds that each trial is retrained with; those of an earlier validation of the same definition stay. */
  readonly seeds: readonly number[];
  readonly folds: readonly FoldWindow[];
  readonly definition: ValidationDefinition;
  /** Name of an arm of an ablation (null: evidence for a promotion). */
  readonly arm: string | null;
  /** The scheme of the folds where it is not the study's own, which is no evidence for a promotion either. Default: the study's own. */
  readonly scheme?: string | null;
  /** Default: this platform. Never changes. */
  readonly origin?: EvidenceOrigin;
}

/** Subject of an evaluation: a trial retrained with a seed, or a baseline. */
export type Subject =
  | { readonly kind: 'policy'; readonly number: number; readonly seed: number; readonly policy: Uint8Array }
  | { readonly kind: 'baseline'; readonly name: string };

export interface OpenValidation {
  readonly id: number;
  readonly study: StudyId;
  readonly definitionHash: string;
  /** True if this fold of this subject was evaluated when the validation was opened. */
  readonly isEvaluated: (
    subject:
      | { readonly kind: 'policy'; readonly number: number; readonly seed: number }
      | { readonly kind: 'baseline'; readonly name: string },
    fold: number,
  ) => boolean;
}

/**
 * Creates a validation, or finds the one with the same folds and definition and its evaluations. Seeds are no part of the definition: the
 * evidence of a trial is every seed ever requested, so a better one cannot replace a worse. What is asked for counts as looks from now on,
 * before any result is known.
 */
export async function openValidation(
  db: Db,
  { study, trials: numbers, seeds, folds, definition, arm, scheme = null, origin = 'assay' }: ValidationPlan,
): Promise<OpenValidation> {
  // Evidence of a program beside this one is never that of this one, whatever else they have in common.
  const definitionHash = hashOf({ folds, definition, ...(origin !== 'assay' && { origin }) });
  await db.transaction(async (tx) => {
    const [created] = await tx
      .insert(validations)
      .values({ studyId: study, definitionHash, definition, arm, scheme, origin })
      .onConflictDoNothing()
      .returning({ id: validations.id });
    if (created === undefined) return;
    await tx.insert(validationFolds).values(
      folds.map((fold) => ({
        validationId: created.id,
        fold: fold.fold,
        trainStart: new Date(fold.trainStart),
        trainEnd: new Date(fold.trainEnd),
        testStart: new Date(fold.testStart),
        testEnd: new Date(fold.testEnd),
        purgedBars: fold.purgedBars,
        parts: fold.parts ?? null,
      })),
    );
  });
  const [validation] = await db
    .select({ id: validations.id })
    .from(validations)
    .where(and(eq(validations.studyId, study), eq(validations.definitionHash, definitionHash)));
  if (validation === undefined)
    throw new AssayError('conflict', 'the study was removed while its validation began', { hint: 'assay study ls shows what is there' });
  await db.transaction(async (tx) => {
    await recordLooks(tx, {
      kind: scheme === vaultScheme ? 'vault' : arm === null ? 'validation' : 'ablation',
      validation: validation.id,
      trials: numbers,
    });
    await addSeeds(tx, validation.id, { study, numbers, seeds });
  });
  const evaluated = await db
    .select({ subject: evaluations.subject, number: trials.number, seed: evaluations.seed, fold: evaluations.fold })
    .from(evaluations)
    .leftJoin(trials, eq(trials.id, evaluations.trialId))
    .where(eq(evaluations.validationId, validation.id));
  const known = new Set(evaluated.map(({ subject, number, seed, fold }) => keyOf(subject, number, seed, fold)));
  return {
    id: validation.id,
    study,
    definitionHash,
    isEvaluated: (subject, fold) =>
      known.has(
        subject.kind === 'policy' ? keyOf(policySubject, subject.number, subject.seed, fold) : keyOf(subject.name, null, null, fold),
      ),
  };
}

export interface NewEvaluation {
  readonly subject: Subject;
  readonly fold: number;
  readonly evaluation: FoldEvaluation;
  /** Every data set that was read for it. */
  readonly data: readonly DataRef[];
  /** Runtime information. */
  readonly ranOn?: RuntimeInfo;
}

/** Adds seeds after those requested before; the first stays the first. */
async function addSeeds(
  db: Db,
  validation: number,
  { study, numbers, seeds }: { readonly study: StudyId; readonly numbers: readonly number[]; readonly seeds: readonly number[] },
): Promise<void> {
  await db.execute(sql`
    insert into validation_trials (validation_id, trial_id, seeds)
    select ${validation}, id, ${sql.param(seeds)}::bigint[] from trials
    where study_id = ${study} and number = any(${sql.param(numbers)}::int[]) order by id
    on conflict (validation_id, trial_id) do update set seeds = validation_trials.seeds ||
      array(select seed from unnest(excluded.seeds) with ordinality as asked (seed, place)
        where seed <> all(validation_trials.seeds) order by place)`);
}

/**
 * Stores one evaluation: returns and policy in the artifact store first, then the row. The first of a trial, seed and fold stays; saving
 * again changes nothing. -0 is stored as 0 everywhere: the row could not hold it, and the bytes of the steps are to agree with the row.
 */
export async function saveEvaluation(
  db: Db,
  store: ArtifactStore,
  validation: Pick<OpenValidation, 'id' | 'study'>,
  { subject, fold, evaluation, data, ranOn }: NewEvaluation,
): Promise<void> {
  if (subject.kind === 'baseline' && subject.name === policySubject)
    throw new AssayError('study_invalid', 'a baseline cannot be called policy', { place: 'baselines' });
  const curve = await store.put(floatsToBytes(evaluation.stepReturns.map(unsignedZero)));
  const policy = subject.kind === 'policy' ? await store.put(subject.policy) : null;
  await db
    .insert(artifacts)
    .values(policy === null ? [curve] : [curve, policy])
    .onConflictDoNothing();
  const trialId =
    subject.kind === 'policy' ? sql`(select id from trials where study_id = ${validation.study} and number = ${subject.number})` : null;
  await db
    .insert(evaluations)
    .values({
      validationId: validation.id,
      fold,
      subject: subject.kind === 'policy' ? policySubject : subject.name,
      trialId,
      seed: subject.kind === 'policy' ? subject.seed : null,
      policyHash: policy?.hash ?? null,
      metricNames: Object.keys(evaluation.metrics),
      metricValues: Object.values(evaluation.metrics).map(unsignedZero),
      dailyReturns: evaluation.dailyReturns.map(unsignedZero),
      sessionRewards: evaluation.sessionRewards?.map(unsignedZero) ?? null,
      stepReturnsHash: curve.hash,
      earlyTerminations: evaluation.earlyTerminations,
      drawdownLimit: evaluation.drawdownLimit ?? Number.NaN,
      transactionBp: evaluation.friction.transactionBp,
      impactBp: evaluation.friction.impactBp,
      frictionPaid: evaluation.friction.paid,
      dataNames: data.map(({ name }) => name),
      dataHashes: data.map(({ hash }) => hash),
      ranOn,
    })
    .onConflictDoNothing();
}

/** The number, 0 for -0. */
function unsignedZero(value: number): number {
  return value + 0;
}

export const policySubject = 'policy';

/** Scheme of the validation that is the one look at a study's vault. */
export const vaultScheme = 'vault';

function keyOf(subject: string, number: number | null, seed: number | null, fold: number): string {
  return JSON.stringify([subject, number, seed, fold]);
}
