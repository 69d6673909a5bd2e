import { and, eq, max, sql } from 'drizzle-orm';
import { checkName, parseTrialAddress } from '../core/address.ts';
import { AssayError } from '../core/errors.ts';
import type { ModuleRef } from '../search/study/storage.ts';
import type { ArtifactStore } from '../storage/artifacts/store.ts';
import type { Db } from '../storage/database.ts';
import { findTrial } from '../storage/readers/find.ts';
import { aliases, artifacts, models, modelVersions } from '../storage/schema/index.ts';
import { metricsFromColumns } from '../storage/sql/metrics.ts';
import { moduleOf } from '../storage/sql/module-of.ts';
import type { TrialEvidence } from '../storage/validations/read-evidence.ts';
import { readSearchRecord, type SearchRecord } from '../storage/validations/search-record.ts';
import { countTried } from '../storage/validations/tried.ts';
import type { ChampionEvidence } from '../validation/gates/champion.ts';
import type { GateResult } from '../validation/gates/gate.ts';
import { passesAll } from '../validation/gates/index.ts';
import { type AskedPolicy, ledgerGates, namedPolicy } from './asked-policies.ts';
import { type EvidenceBundle, encodeBundle } from './bundle/bundle.ts';
import { makeBundle } from './bundle/make-bundle.ts';
import { refuseInCoolDown } from './cool-down.ts';
import { type HistoryItem, historyItem } from './history.ts';
import { appendRecord, lockLedger } from './ledger.ts';
import { findRefusal } from './override.ts';
import { type Code, currentCode, currentPrincipal, type Principal } from './provenance.ts';
import { type DecisionRecord, ledgerGateResult, ledgerNumber, ledgerNumbers } from './record.ts';
import { decisionOfRequest } from './repeated-request.ts';
import type { Signer } from './signing/signing-key.ts';
import { daysLater, type Terms, termsOf } from './terms.ts';
import { tellWitness, type Witnessed, witnessOf } from './witness.ts';

export interface PromotionRequest {
  readonly model: string;
  readonly alias: string;
  /** `study#42`. */
  readonly address: string;
  /** Every gate's result on the evidence. An empty list never passes. */
  readonly gateResults: readonly GateResult[];
  /** The gate policies of the results. */
  readonly policies: readonly AskedPolicy[];
  /** The evidence of the results (null for a trial without a validation). */
  readonly evidence: TrialEvidence | null;
  /** What the gate `champion` looked at, and the version that the alias named then (default: nothing was looked at). */
  readonly champion?: { readonly evidence: ChampionEvidence | null; readonly version: number | null };
  /** SHA-256 of the policy that becomes the version; its bytes must be in the artifact store. */
  readonly policyHash: string;
  readonly data: readonly { readonly name: string; readonly hash: string }[];
  readonly reason?: string | null;
  /** Sets the refusal of another principal's request aside, for this reason. */
  readonly override?: string | undefined;
  /** Default: this process, under the name `as`. */
  readonly by?: Principal;
  readonly as?: string | undefined;
  /** UUID of the request: sent again, it decides nothing and gets the decision of the first time. */
  readonly request?: string | undefined;
  /** Default: those of the gate policies. */
  readonly terms?: Terms;
  readonly code?: Code;
  /** Absent: the record is not signed. */
  readonly signer?: Signer;
}

/** Outcome of a request. A refusal is an outcome, not an error. */
export interface Decision {
  /** Whether every gate passed. */
  readonly passed: boolean;
  /** The version that the alias names now (null: refused). */
  readonly version: number | null;
  /** The record as `model history` shows it. */
  readonly promotion: HistoryItem;
  readonly record: DecisionRecord;
  /** What the decision rests on (null for a trial without a validation). */
  readonly bundle: EvidenceBundle | null;
  /** Null if no witness is configured. */
  readonly witnessed: Witnessed | null;
}

/**
 * Records the decision on a trial. If every gate passed, or if another principal's refusal is overridden, also makes its policy a version of the model and moves the alias to it. One
 * transaction, serialized over the whole ledger. Promoting the same policy again finds its existing version. The witness is written
 * after the commit; the decision stands if that fails, and `witnessed` states the failure.
 * @throws AssayError `not_found` for the trial or the policy's bytes, `data_invalid` for damaged bytes, `conflict` for evidence whose bytes
 * are not whole, for an alias that was moved meanwhile, for a version in its cool-down, and for an override of nothing, of what passes, or by the principal who asked;
 * `config_invalid` for an invalid witness.
 */
export async function promote(db: Db, store: ArtifactStore, request: PromotionRequest): Promise<Decision> {
  checkName('model', request.model);
  checkName('alias', request.alias);
  const witness = witnessOf();
  const found = await findTrial(db, parseTrialAddress(request.address));
  const { study, trial } = found;
  const [searched, policy, program] = await Promise.all([
    readSearchRecord(db, trial),
    store.get(request.policyHash),
    request.code ?? currentCode(),
  ]);
  const passed = passesAll(request.gateResults);
  const code = { ...program, module: searchedModule(moduleOf(study), searched) };
  const { terms = termsOf(request.policies.map(({ policy: asked }) => asked)) } = request;
  const gates = ledgerGates(request.policies);
  const bundle =
    request.evidence === null
      ? null
      : await makeBundle(db, store, {
          found,
          evidence: request.evidence,
          code,
          gates,
          verdicts: request.gateResults,
          ...(request.champion?.evidence && { champion: request.champion.evidence }),
          policyHash: request.policyHash,
          policy,
        });
  const bundled = bundle === null ? null : await store.put(encodeBundle(bundle));

  const decision = await db.transaction(async (tx) => {
    await lockLedger(tx);
    const decided = await decisionOfRequest(tx, { ...request, policy: namedPolicy(request.policies) });
    if (decided !== null) return { ...decided, bundle };
    if (bundled !== null) await tx.insert(artifacts).values(bundled).onConflictDoNothing();
    const current = await currentVersion(tx, request.model, request.alias);
    if (request.champion !== undefined && request.champion.version !== current)
      throw new AssayError('conflict', `${request.model}@${request.alias} was moved while ${request.address} was compared with it`, {
        hint: 'promote once more: the comparison is with what the alias names now',
      });
    const by = request.by ?? (await currentPrincipal(tx, request.as));
    if (request.override !== undefined && passed)
      throw new AssayError('conflict', `${request.address} passes every gate: there is nothing to override`, {
        hint: 'leave --override out',
      });
    const override = request.override === undefined ? undefined : await findRefusal(tx, { ...request, reason: request.override, by });
    const admitted = passed || override !== undefined;
    const version = admitted ? await addVersion(tx, request.model, trial.id, request.policyHash, policy.byteLength) : null;
    if (version !== null) await refuseInCoolDown(tx, { model: request.model, alias: request.alias, version });
    const trialsTried = await countTried(tx, study.id);
    const { record, sealed } = await appendRecord(
      tx,
      request.signer,
      (placed): DecisionRecord => ({
        ...placed,
        by,
        ...(request.request !== undefined && { request: request.request }),
        kind: passed ? 'promoted' : override === undefined ? 'refused' : 'override',
        passed,
        reason: request.override ?? request.reason ?? null,
        ...(override !== undefined && {
          override: { ...override, ...(request.reason != null && { promotionReason: request.reason }) },
        }),
        ...(version !== null && { terms, expiresAt: daysLater(placed.at, terms.expiresAfterDays) }),
        model: request.model,
        alias: request.alias,
        version,
        previousVersion: current,
        address: request.address,
        code,
        data: request.data,
        config: {
          spaceHash: study.spaceHash,
          direction: study.direction,
          ...(study.objectives !== null && { objectives: study.objectives }),
          sampler: { id: study.samplerId, options: study.samplerOptions },
          pruner: { id: study.prunerId, options: study.prunerOptions },
          studySeed: study.seed,
          params: trial.params,
          trialSeed: trial.seed,
          seeds: request.evidence?.evidence.seeds.map(({ seed }) => seed) ?? [],
          trialsTried,
          validation:
            request.evidence === null ? null : { definitionHash: request.evidence.definitionHash, definition: request.evidence.definition },
        },
        value: trial.value === null ? null : ledgerNumber(trial.value),
        ...(trial.values !== null && {
          values: ledgerNumbers(Object.fromEntries(trial.values.map((value, i) => [study.objectives?.[i]?.name ?? String(i), value]))),
        }),
        ...(trial.constraints !== null && { constraints: trial.constraints.map(ledgerNumber) }),
        metrics: ledgerNumbers(metricsFromColumns(trial.metricNames, trial.metricValues)),
        gates,
        verdicts: request.gateResults.map(ledgerGateResult),
        policyHash: request.policyHash,
        ...(bundled !== null && { bundleHash: bundled.hash }),
        artifactHashes: [...new Set([request.policyHash, ...(request.evidence?.artifactHashes ?? [])])].sort(),
      }),
    );
    if (version !== null) await moveAlias(tx, request.model, request.alias, version);
    return { passed, version, promotion: historyItem(record, sealed), record, bundle };
  });
  return { ...decision, witnessed: witness === null ? null : await tellWitness(witness, decision.promotion) };
}

/** The code that the trial ran; its study may have been opened with other code since. The commit of an earlier source is not stored. */
function searchedModule(opened: ModuleRef, { source, packages }: Pick<SearchRecord, 'source' | 'packages'>): ModuleRef {
  if (source === null) return opened;
  const commit = source === opened.sourceHash ? {} : { gitCommit: null, gitDirty: false };
  return { ...opened, sourceHash: source, packagesHash: packages, ...commit };
}

export async function currentVersion(tx: Db, model: string, alias: string): Promise<number | null> {
  const [row] = await tx
    .select({ version: aliases.version })
    .from(aliases)
    .innerJoin(models, eq(models.id, aliases.modelId))
    .where(and(eq(models.name, model), eq(aliases.alias, alias)))
    .for('update', { of: aliases });
  return row?.version ?? null;
}

async function addVersion(tx: Db, model: string, trialId: number, policyHash: string, bytes: number): Promise<number> {
  await tx.insert(artifacts).values({ hash: policyHash, bytes }).onConflictDoNothing();
  await tx.insert(models).values({ name: model }).onConflictDoNothing();
  const modelId = await modelKey(tx, model);
  const [known] = await tx
    .select({ version: modelVersions.version })
    .from(modelVersions)
    .where(and(eq(modelVersions.modelId, modelId), eq(modelVersions.trialId, trialId), eq(modelVersions.policyHash, policyHash)));
  if (known !== undefined) return known.version;
  const [newest] = await tx
    .select({ version: max(modelVersions.version) })
    .from(modelVersions)
    .where(eq(modelVersions.modelId, modelId));
  const version = (newest?.version ?? 0) + 1;
  await tx.insert(modelVersions).values({ modelId, version, trialId, policyHash });
  return version;
}

export async function moveAlias(tx: Db, model: string, alias: string, version: number): Promise<void> {
  const modelId = await modelKey(tx, model);
  await tx
    .insert(aliases)
    .values({ modelId, alias, version })
    .onConflictDoUpdate({ target: [aliases.modelId, aliases.alias], set: { version, movedAt: sql`now()` } });
}

async function modelKey(tx: Db, name: string): Promise<number> {
  const [model] = await tx.select({ id: models.id }).from(models).where(eq(models.name, name));
  if (model === undefined) throw new AssayError('internal', `model ${name} is gone inside its own transaction`);
  return model.id;
}
