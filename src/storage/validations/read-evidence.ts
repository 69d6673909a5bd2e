import { and, asc, desc, eq, or, sql } from 'drizzle-orm';
import { type TrialAddress, trialAddress } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import type { FoldJudgement } from '../../search/study/walk-forward.ts';
import type { Evidence, SeedEvidence } from '../../validation/gates/gate.ts';
import { bytesToFloats } from '../artifacts/floats.ts';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { Db } from '../database.ts';
import { metricsOf } from '../metrics.ts';
import { findTrial } from '../readers/find.ts';
import { judgements, trials, validationFolds, validations } from '../schema/index.ts';
import { policySubject, type ValidationDefinition } from './save-validation.ts';
import { countTried } from './tried.ts';

/** Everything that a decision about a trial is made from. */
export interface TrialEvidence {
  readonly address: string;
  /** What the gates look at. */
  readonly evidence: Evidence;
  /** What was judged, and how: names the data and the module by their hashes. */
  readonly definition: ValidationDefinition;
  readonly definitionHash: string;
  /** By name, each fold in time order. */
  readonly baselines: Readonly<Record<string, readonly FoldJudgement[]>>;
  /** Of each retrained policy. */
  readonly policies: readonly { readonly seed: number; readonly fold: number; readonly hash: string }[];
  /** Every artifact that the evidence rests on, sorted. */
  readonly artifactHashes: readonly string[];
}

/**
 * The newest validation of a trial, whole.
 * @throws AssayError `not_found` for an unknown trial or one that was never validated, `conflict` where a fold is missing:
 * evidence with a hole is none.
 */
export async function readEvidence(db: Db, store: ArtifactStore, address: string | TrialAddress): Promise<TrialEvidence> {
  const { study, trial } = await findTrial(db, address);
  const name = trialAddress(study.name, trial.number);
  const [newest] = await db
    .select({ validation: validations })
    .from(judgements)
    .innerJoin(validations, eq(validations.id, judgements.validationId))
    .where(eq(judgements.trialId, trial.id))
    .orderBy(desc(validations.id))
    .limit(1);
  if (newest === undefined)
    throw new AssayError('not_found', `${name} was never validated`, {
      hint: `assay validate '${name}' judges it on folds that the search never saw`,
    });
  const { validation } = newest;
  const [rows, folds, trialsTried, complete] = await Promise.all([
    db
      .select()
      .from(judgements)
      .where(and(eq(judgements.validationId, validation.id), or(eq(judgements.trialId, trial.id), sql`${judgements.trialId} is null`)))
      .orderBy(asc(judgements.fold), asc(judgements.seed)),
    db.$count(validationFolds, eq(validationFolds.validationId, validation.id)),
    countTried(db, study.id),
    db
      .select({ value: trials.value })
      .from(trials)
      .where(and(eq(trials.studyId, study.id), eq(trials.state, 'complete')))
      .orderBy(asc(trials.number)),
  ]);
  const own = rows.filter(({ subject }) => subject === policySubject);
  if (own.length < folds * validation.seeds.length) {
    throw new AssayError(
      'conflict',
      `the validation of ${name} is unfinished: ${own.length} of ${folds * validation.seeds.length} folds are judged`,
      {
        hint: `assay validate '${name}' goes on where it stopped`,
      },
    );
  }
  const judged = await Promise.all(rows.map(async (row) => ({ row, judgement: await judgementOf(store, row) })));
  const seeds = validation.seeds.map(
    (seed): SeedEvidence => ({ seed, folds: judged.filter(({ row }) => row.seed === seed).map(({ judgement }) => judgement) }),
  );
  const baselineNames = [...new Set(rows.map(({ subject }) => subject))].filter((subject) => subject !== policySubject).sort();
  return {
    address: name,
    evidence: { seeds, search: { trialsTried, trialSharpes: complete.flatMap(({ value }) => (value === null ? [] : [value])) } },
    definition: validation.definition as ValidationDefinition,
    definitionHash: validation.definitionHash,
    baselines: Object.fromEntries(
      baselineNames.map((baseline) => [baseline, judged.filter(({ row }) => row.subject === baseline).map(({ judgement }) => judgement)]),
    ),
    policies: own.flatMap(({ seed, fold, policyHash }) => (seed === null || policyHash === null ? [] : [{ seed, fold, hash: policyHash }])),
    artifactHashes: [
      ...new Set(
        rows.flatMap(({ stepReturnsHash, policyHash }) => (policyHash === null ? [stepReturnsHash] : [stepReturnsHash, policyHash])),
      ),
    ].sort(),
  };
}

async function judgementOf(store: ArtifactStore, row: typeof judgements.$inferSelect): Promise<FoldJudgement> {
  return {
    metrics: metricsOf(row.metricNames, row.metricValues),
    dailyReturns: row.dailyReturns,
    stepReturns: bytesToFloats(await store.get(row.stepReturnsHash)),
    earlyTerminations: row.earlyTerminations,
    friction: { transactionBp: row.transactionBp, impactBp: row.impactBp, paid: row.frictionPaid },
  };
}
