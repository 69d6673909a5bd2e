import { asc, eq } from 'drizzle-orm';
import { checkName } from '../core/address.ts';
import { AssayError } from '../core/errors.ts';
import type { ArtifactStore } from '../storage/artifacts/store.ts';
import type { Db } from '../storage/database.ts';
import { promotions } from '../storage/schema/index.ts';
import { type HistoryItem, historyItem, parseRecord } from './history.ts';
import { appendRecord, lockLedger } from './ledger.ts';
import { findVersion } from './models.ts';
import { currentVersion, moveAlias } from './promote.ts';
import { currentCode, currentPrincipal, type Principal } from './provenance.ts';
import type { RollbackRecord } from './record.ts';
import { replayLedger } from './replay.ts';
import type { Signer } from './signing/signing-key.ts';
import { tellWitness, type Witnessed, witnessOf } from './witness.ts';

export interface RollbackRequest {
  readonly model: string;
  readonly alias: string;
  readonly reason: string | null;
  /** Default: this process. */
  readonly by?: Principal;
  /** Absent: the record is not signed. */
  readonly signer?: Signer;
}

export interface RolledBack {
  /** The version that the alias names now; `previousVersion` is the one before. */
  readonly version: number;
  readonly previousVersion: number;
  readonly record: HistoryItem;
  /** Null if no witness is configured. */
  readonly witnessed: Witnessed | null;
}

/**
 * Moves an alias back to the version that it named before the current one, and appends a record. Each further rollback goes one version
 * further back, never forward.
 * @throws AssayError `not_found` for a model or alias that does not exist; `conflict` if the alias never named another version, or does
 * not match the ledger; `data_invalid` or `not_found` if the policy's bytes are damaged or lost.
 */
export async function rollback(db: Db, store: ArtifactStore, { model, alias, reason, by, signer }: RollbackRequest): Promise<RolledBack> {
  checkName('model', model);
  checkName('alias', alias);
  const witness = witnessOf();
  const code = await currentCode();
  const done = await db.transaction(async (tx) => {
    await lockLedger(tx);
    const current = await findVersion(tx, { model, at: alias });
    const previousVersion = await currentVersion(tx, model, alias);
    const rows = await tx
      .select({ record: promotions.record })
      .from(promotions)
      .where(eq(promotions.model, model))
      .orderBy(asc(promotions.sequence));
    const replayed = replayLedger(rows.map((row) => parseRecord(row.record))).models.get(model);
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
    const { record, sealed } = await appendRecord(
      tx,
      signer,
      (placed): RollbackRecord => ({
        ...placed,
        by: by ?? currentPrincipal(),
        kind: 'rollback',
        passed: true,
        reason,
        model,
        alias,
        version: target,
        previousVersion,
        address: version.trial,
        code,
        policyHash: version.policyHash,
        artifactHashes: [version.policyHash],
      }),
    );
    await moveAlias(tx, model, alias, target);
    return { version: target, previousVersion, record: historyItem(record, sealed) };
  });
  return { ...done, witnessed: witness === null ? null : await tellWitness(witness, done.record) };
}
