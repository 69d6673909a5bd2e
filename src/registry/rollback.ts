import { checkName } from '../core/address.ts';
import { AssayError } from '../core/errors.ts';
import type { ArtifactStore } from '../storage/artifacts/store.ts';
import type { Db } from '../storage/database.ts';
import { decodeBundle } from './bundle/bundle.ts';
import { contradictions } from './bundle/recompute.ts';
import { type HistoryItem, historyItem, replayModel } from './history.ts';
import { appendRecord, lockLedger } from './ledger.ts';
import { findVersion } from './models.ts';
import { currentVersion, moveAlias } from './promote.ts';
import { currentCode, currentPrincipal, type Principal } from './provenance.ts';
import type { DecisionRecord, LedgerRecord, RollbackRecord } from './record.ts';
import { otherRequest, recordOfRequest } from './repeated-request.ts';
import type { Signer } from './signing/signing-key.ts';
import { daysLater, usualTerms } from './terms.ts';
import { tellWitness, type Witnessed, witnessOf } from './witness.ts';

export interface RollbackRequest {
  readonly model: string;
  readonly alias: string;
  readonly reason: string | null;
  /** Default: this process. */
  readonly by?: Principal;
  readonly as?: string | undefined;
  /** UUID of the request: sent again, it moves nothing and gets the record of the first time. */
  readonly request?: string | undefined;
  /** Moves only while the newest record that names the model has one of these sequences (null: always). */
  readonly onlyAt?: readonly number[] | null;
  /** Absent: the record is not signed. */
  readonly signer?: Signer;
}

export interface RolledBack {
  /** The version that the alias names now; `previousVersion` is the one before. */
  readonly version: number;
  readonly previousVersion: number;
  /** Evidence bundle of the version, which was verified (null: its promotion is older than bundles; its policy alone was verified). */
  readonly bundleHash: string | null;
  /** When the version before may return. */
  readonly mayReturnAt: string;
  readonly record: HistoryItem;
  /** Null if no witness is configured. */
  readonly witnessed: Witnessed | null;
}

/**
 * Moves an alias back to the version that it named before the current one, after checking that version's policy and evidence bundle, and
 * appends a record. Each further rollback goes one version
 * further back, never forward.
 * @throws AssayError `not_found` for a model or alias that does not exist; `conflict` if the alias never named another version, or does
 * not match the ledger; `changed`; `data_invalid` or `not_found` if the bytes of the policy or bundle are damaged or lost.
 */
export async function rollback(
  db: Db,
  store: ArtifactStore,
  { model, alias, reason, by, as, request, onlyAt = null, signer }: RollbackRequest,
): Promise<RolledBack> {
  checkName('model', model);
  checkName('alias', alias);
  const witness = witnessOf();
  const code = await currentCode();
  const done = await db.transaction(async (tx) => {
    await lockLedger(tx);
    const current = await findVersion(tx, { model, at: alias });
    const previousVersion = await currentVersion(tx, model, alias);
    const { entries, replayed } = await replayModel(tx, model);
    const records = entries.map(({ record }) => record);
    const earlier = await recordOfRequest(tx, request);
    if (earlier !== null) return rolledBackBefore(earlier, records, { model, alias, reason, as });
    if (onlyAt !== null && !onlyAt.includes(records.at(-1)?.sequence ?? 0))
      throw new AssayError('changed', `something was decided on ${model} since it was read`, {
        hint: 'read it again, and check that the rollback is still right',
      });
    const named = replayed?.aliases.get(alias)?.named ?? [];
    if (previousVersion === null || named.at(-1) !== previousVersion)
      throw new AssayError(
        'conflict',
        `${model}@${alias} names version ${current.version}, but by the ledger it names ${named.at(-1) ?? 'nothing'}`,
        {
          hint: `it was moved without a record; assay model verify ${model} shows what differs`,
        },
      );
    const target = named.at(-2);
    if (target === undefined)
      throw new AssayError('conflict', `${model}@${alias} never named another version than ${previousVersion}`, {
        hint: `there is no version to go back to; assay model history ${model} shows every decision`,
      });
    const version = await findVersion(tx, { model, at: target });
    await store.get(version.policyHash);
    const bundleHash = await verifyBundle(store, decisionOn(records, target));
    const { coolDownDays } = decisionOn(records, previousVersion)?.terms ?? usualTerms;
    const decider = by ?? (await currentPrincipal(tx, as));
    const { record, sealed } = await appendRecord(
      tx,
      signer,
      (placed): RollbackRecord => ({
        ...placed,
        by: decider,
        ...(request !== undefined && { request }),
        kind: 'rollback',
        passed: true,
        reason,
        model,
        alias,
        version: target,
        previousVersion,
        address: version.trial,
        code,
        mayReturnAt: daysLater(placed.at, coolDownDays),
        policyHash: version.policyHash,
        artifactHashes: [version.policyHash],
      }),
    );
    await moveAlias(tx, model, alias, target);
    const mayReturnAt = daysLater(record.at, coolDownDays);
    return { version: target, previousVersion, bundleHash, mayReturnAt, record: historyItem(record, sealed) };
  });
  return { ...done, witnessed: witness === null ? null : await tellWitness(witness, done.record) };
}

/** What a rollback answered that is asked for again. @throws AssayError `conflict` if the key came with another request */
function rolledBackBefore(
  { record, sealed }: NonNullable<Awaited<ReturnType<typeof recordOfRequest>>>,
  records: readonly LedgerRecord[],
  { model, alias, reason, as }: Pick<RollbackRequest, 'model' | 'alias' | 'reason' | 'as'>,
): Omit<RolledBack, 'witnessed'> {
  if (
    record.kind !== 'rollback' ||
    record.model !== model ||
    record.alias !== alias ||
    record.reason !== reason ||
    record.by.as !== as?.trim() ||
    record.mayReturnAt === undefined
  )
    throw otherRequest(record);
  const { version, previousVersion, mayReturnAt } = record;
  const bundleHash = decisionOn(records, version)?.bundleHash ?? null;
  return { version, previousVersion, bundleHash, mayReturnAt, record: historyItem(record, sealed) };
}

/** The newest decision that promoted a version. */
function decisionOn(records: readonly LedgerRecord[], version: number): DecisionRecord | undefined {
  return records.findLast(
    (record): record is DecisionRecord => (record.kind === 'promoted' || record.kind === 'override') && record.version === version,
  );
}

/** Checks the evidence bundle of a decision against its record. Returns its hash (null: it has none). @throws AssayError `data_invalid`, `not_found` */
async function verifyBundle(store: ArtifactStore, decision: DecisionRecord | undefined): Promise<string | null> {
  if (decision?.bundleHash === undefined) return null;
  const place = `record ${decision.sequence}`;
  const [found] = contradictions(decodeBundle(await store.get(decision.bundleHash), place), decision);
  if (found === undefined) return decision.bundleHash;
  throw new AssayError('data_invalid', `the evidence bundle does not belong to its record: ${found}`, {
    place,
    hint: 'assay model verify --recompute looks closer',
  });
}
