import { and, eq, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import { hashOf, type Json } from '../../core/json.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { FoldJudgement, FoldWindow } from '../../search/study/walk-forward.ts';
import { floatsToBytes } from '../artifacts/floats.ts';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { Db } from '../database.ts';
import { artifacts, judgements, trials, validationFolds, validations } from '../schema/index.ts';

/** Whatever else changes a figure: the data by the hash of their content, and what the caller adds (module hash, cost model). */
export type ValidationDefinition = {
  readonly data: readonly { readonly name: string; readonly hash: string }[];
  readonly [key: string]: Json;
};

export interface ValidationPlan {
  readonly study: StudyId;
  readonly seeds: readonly number[];
  readonly folds: readonly FoldWindow[];
  readonly definition: ValidationDefinition;
}

/** What was judged: a trial retrained with a seed, or a baseline. */
export type Subject =
  | { readonly kind: 'policy'; readonly number: number; readonly seed: number; readonly policy: Uint8Array }
  | { readonly kind: 'baseline'; readonly name: string };

export interface OpenValidation {
  readonly id: number;
  readonly study: StudyId;
  readonly definitionHash: string;
  /** Whether this fold of this trial and seed, or of this baseline, needs no judging any more. As of the opening. */
  readonly isJudged: (
    subject:
      | { readonly kind: 'policy'; readonly number: number; readonly seed: number }
      | { readonly kind: 'baseline'; readonly name: string },
    fold: number,
  ) => boolean;
}

/** Begin a validation, or find the one with the same seeds, folds and definition again with all that it already judged. */
export async function openValidation(db: Db, { study, seeds, folds, definition }: ValidationPlan): Promise<OpenValidation> {
  const definitionHash = hashOf({ seeds, folds, definition });
  await db.transaction(async (tx) => {
    const [created] = await tx
      .insert(validations)
      .values({ studyId: study, definitionHash, definition, seeds: [...seeds] })
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
      })),
    );
  });
  const [validation] = await db
    .select({ id: validations.id })
    .from(validations)
    .where(and(eq(validations.studyId, study), eq(validations.definitionHash, definitionHash)));
  if (validation === undefined)
    throw new AssayError('conflict', 'the study was removed while its validation began', { hint: 'assay study ls shows what is there' });
  const judged = await db
    .select({ subject: judgements.subject, number: trials.number, seed: judgements.seed, fold: judgements.fold })
    .from(judgements)
    .leftJoin(trials, eq(trials.id, judgements.trialId))
    .where(eq(judgements.validationId, validation.id));
  const known = new Set(judged.map(({ subject, number, seed, fold }) => keyOf(subject, number, seed, fold)));
  return {
    id: validation.id,
    study,
    definitionHash,
    isJudged: (subject, fold) =>
      known.has(
        subject.kind === 'policy' ? keyOf(policySubject, subject.number, subject.seed, fold) : keyOf(subject.name, null, null, fold),
      ),
  };
}

/**
 * Keep one judgement: curve and policy in the artifact store first, then the row. The first one of a trial, seed and fold stays;
 * saving it again is harmless.
 */
export async function saveJudgement(
  db: Db,
  store: ArtifactStore,
  validation: Pick<OpenValidation, 'id' | 'study'>,
  subject: Subject,
  fold: number,
  judgement: FoldJudgement,
): Promise<void> {
  if (subject.kind === 'baseline' && subject.name === policySubject)
    throw new AssayError('study_invalid', 'a baseline cannot be called policy', { place: 'baselines' });
  const curve = await store.put(floatsToBytes(judgement.stepReturns));
  const policy = subject.kind === 'policy' ? await store.put(subject.policy) : null;
  await db
    .insert(artifacts)
    .values(policy === null ? [curve] : [curve, policy])
    .onConflictDoNothing();
  const trialId =
    subject.kind === 'policy' ? sql`(select id from trials where study_id = ${validation.study} and number = ${subject.number})` : null;
  await db
    .insert(judgements)
    .values({
      validationId: validation.id,
      fold,
      subject: subject.kind === 'policy' ? policySubject : subject.name,
      trialId,
      seed: subject.kind === 'policy' ? subject.seed : null,
      policyHash: policy?.hash ?? null,
      metricNames: Object.keys(judgement.metrics),
      metricValues: Object.values(judgement.metrics),
      dailyReturns: [...judgement.dailyReturns],
      stepReturnsHash: curve.hash,
      earlyTerminations: judgement.earlyTerminations,
      transactionBp: judgement.friction.transactionBp,
      impactBp: judgement.friction.impactBp,
      frictionPaid: judgement.friction.paid,
    })
    .onConflictDoNothing();
}

export const policySubject = 'policy';

function keyOf(subject: string, number: number | null, seed: number | null, fold: number): string {
  return JSON.stringify([subject, number, seed, fold]);
}
