import { and, asc, desc, eq, or, sql } from 'drizzle-orm';
import { type TrialAddress, trialAddress } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { DataRef } from '../../search/study/storage.ts';
import type { FoldWindow } from '../../search/study/walk-forward.ts';
import { assembleChecks } from '../../validation/checks/assemble.ts';
import type { Evidence, SeedEvidence } from '../../validation/gates/gate.ts';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { Db } from '../database.ts';
import { findTrial } from '../readers/find.ts';
import { evaluations, validationFolds, validations, validationTrials } from '../schema/index.ts';
import { evaluationFromRow } from './evaluation-row.ts';
import { isEvidence } from './evidence-only.ts';
import { countLooks } from './looks.ts';
import { readAblationPairs } from './read-ablation-pairs.ts';
import { readChecks } from './read-checks.ts';
import { readJudged } from './read-judged.ts';
import { readSearchEvidence } from './read-search-evidence.ts';
import { readVaultEvidence } from './read-vault.ts';
import { policySubject, type ValidationDefinition } from './save-validation.ts';
import { readSearchRecord, refuseMixedData, refuseOtherSource, refuseOverlappingFolds, refuseSeenFolds } from './search-record.ts';

/** Everything that a promotion of a trial is decided from. */
export interface TrialEvidence {
  readonly address: string;
  /** Input of the gates. */
  readonly evidence: Evidence;
  /** The study's gate policy: its name, and the whole of it when its first trial completed (null: not known). */
  readonly gatePolicy: { readonly name: string; readonly before: Json };
  /** What was evaluated, and how: names the data and the module by their hashes. */
  readonly definition: ValidationDefinition;
  readonly definitionHash: string;
  /** Every data set that the search of this trial or one of its evaluations read. */
  readonly data: readonly DataRef[];
  /** Policies of the retrained seeds. */
  readonly policies: readonly { readonly seed: number; readonly fold: number; readonly hash: string }[];
  /** Hashes of all artifacts of the evidence, sorted. */
  readonly artifactHashes: readonly string[];
}

/**
 * Reads the evidence of a trial: every seed ever requested, on every fold of the newest plan of folds.
 * @throws AssayError `not_found` for an unknown trial and one that was never validated; `conflict` if a fold is missing (incomplete
 * evidence does not count), if the trial was searched with another source or on data that a fold is tested on, or if contents of one name
 * differ; `study_invalid` for tests that overlap
 */
export async function readEvidence(db: Db, store: ArtifactStore, address: string | TrialAddress): Promise<TrialEvidence> {
  const { study, trial } = await findTrial(db, address);
  const name = trialAddress(study.name, trial.number);
  const [newest] = await db
    .select({ validation: validations, seeds: validationTrials.seeds })
    .from(evaluations)
    .innerJoin(validations, eq(validations.id, evaluations.validationId))
    .innerJoin(validationTrials, and(eq(validationTrials.validationId, validations.id), eq(validationTrials.trialId, trial.id)))
    .where(and(eq(evaluations.trialId, trial.id), isEvidence))
    .orderBy(desc(validations.id))
    .limit(1);
  if (newest === undefined)
    throw new AssayError('not_found', `${name} was never validated`, {
      hint: `assay validate '${name}' evaluates it on folds that the search never saw`,
    });
  const { validation } = newest;
  const [rows, windows, searched, search, judged, checks, ablations] = await Promise.all([
    db
      .select()
      .from(evaluations)
      .where(and(eq(evaluations.validationId, validation.id), or(eq(evaluations.trialId, trial.id), sql`${evaluations.trialId} is null`)))
      .orderBy(asc(evaluations.fold), asc(evaluations.seed)),
    db.select().from(validationFolds).where(eq(validationFolds.validationId, validation.id)).orderBy(asc(validationFolds.fold)),
    readSearchRecord(db, trial),
    readSearchEvidence(db, study.id, trial.number),
    readJudged(db, validation.id, trial.number),
    readChecks(db, validation.id, trial.id),
    readAblationPairs(db, study.name, trial.number),
  ]);
  const definition = validation.definition as ValidationDefinition;
  refuseOtherSource(name, searched, definition.source);
  const folds = windows.map(windowFromRow);
  refuseSeenFolds(name, searched, folds);
  refuseOverlappingFolds(folds);
  const data = refuseMixedData(name, [...searched.data, ...definition.data, ...rows.flatMap(dataOf)]);

  const looks = await countLooks(
    db,
    data.map(({ hash }) => hash),
    folds,
  );

  const own = rows.filter(({ subject }) => subject === policySubject);
  const expected = folds.length * newest.seeds.length;
  if (own.length < expected) {
    throw new AssayError('conflict', `the validation of ${name} is unfinished: ${own.length} of ${expected} folds are evaluated`, {
      hint: `assay validate '${name}' --seeds ${newest.seeds.length} goes on where it stopped`,
    });
  }
  const evaluated = await Promise.all(rows.map(async (row) => ({ row, evaluation: await evaluationFromRow(store, row) })));
  const seeds = newest.seeds.map(
    (seed): SeedEvidence => ({ seed, folds: evaluated.filter(({ row }) => row.seed === seed).map(({ evaluation }) => evaluation) }),
  );
  const policies = own.flatMap(({ seed, fold, policyHash }) =>
    seed === null || policyHash === null ? [] : [{ seed, fold, hash: policyHash }],
  );
  const baselineNames = [...new Set(rows.map(({ subject }) => subject))].filter((subject) => subject !== policySubject).sort();
  return {
    address: name,
    evidence: {
      seeds,
      search,
      windows: folds,
      baselines: Object.fromEntries(
        baselineNames.map((baseline) => [
          baseline,
          evaluated.filter(({ row }) => row.subject === baseline).map(({ evaluation }) => evaluation),
        ]),
      ),
      looks,
      judged,
      checks: assembleChecks(
        checks,
        newest.seeds.map((seed) => ({
          seed,
          folds: evaluated
            .filter(({ row }) => row.seed === seed)
            .map(({ row, evaluation }) => ({ dailyReturns: evaluation.dailyReturns, ranOn: row.ranOn })),
        })),
        folds.map(({ fold }) => fold),
      ),
      vault: await readVaultEvidence(
        db,
        store,
        trial.id,
        policies.filter(({ fold }) => fold === folds.at(-1)?.fold),
      ),
      ablations,
      paper: null,
      origin: validation.origin,
    },
    gatePolicy: { name: study.policy, before: study.policyRules },
    definition,
    definitionHash: validation.definitionHash,
    data,
    policies,
    artifactHashes: [
      ...new Set(
        rows.flatMap(({ stepReturnsHash, policyHash }) => (policyHash === null ? [stepReturnsHash] : [stepReturnsHash, policyHash])),
      ),
    ].sort(),
  };
}

function windowFromRow({
  fold,
  trainStart,
  trainEnd,
  testStart,
  testEnd,
  purgedBars,
  parts,
}: typeof validationFolds.$inferSelect): FoldWindow {
  return {
    fold,
    trainStart: trainStart.getTime(),
    trainEnd: trainEnd.getTime(),
    testStart: testStart.getTime(),
    testEnd: testEnd.getTime(),
    purgedBars,
    ...(parts !== null && { parts }),
  };
}

function dataOf({ dataNames, dataHashes }: typeof evaluations.$inferSelect): readonly DataRef[] {
  return dataNames.map((name, i) => ({ name, hash: dataHashes[i] ?? '' }));
}
