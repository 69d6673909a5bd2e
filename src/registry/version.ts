import { and, desc, eq, sql } from 'drizzle-orm';
import type { ModelAddress } from '../core/address.ts';
import { AssayError } from '../core/errors.ts';
import type { ArtifactStore } from '../storage/artifacts/store.ts';
import type { Db } from '../storage/database.ts';
import { artifacts, promotions } from '../storage/schema/index.ts';
import { type HistoryItem, historyItem, parseRecord } from './history.ts';
import { databaseTime } from './ledger.ts';
import { findVersion, type VersionItem } from './models.ts';
import { type DecisionRecord, isDecision } from './record.ts';

export interface VersionDetail extends VersionItem {
  readonly model: string;
  /** Size of the policy in bytes. */
  readonly bytes: number;
  /** The newest decision that promoted it, as `model history` shows it (null if the ledger has none, which `model verify` reports). */
  readonly promotion: HistoryItem | null;
  /** The whole record of that decision: parameters, data, folds, gate results, metrics. */
  readonly record: DecisionRecord | null;
}

/** A version with the newest decision that promoted it. @throws AssayError `not_found`. */
export async function showVersion(db: Db, address: ModelAddress): Promise<VersionDetail> {
  const version = await findVersion(db, address);
  const { model } = address;
  const [sizes, made] = await Promise.all([
    db.select({ bytes: artifacts.bytes }).from(artifacts).where(eq(artifacts.hash, version.policyHash)),
    db
      .select({ record: promotions.record, hash: promotions.hash, signature: promotions.signature })
      .from(promotions)
      .where(
        and(
          eq(promotions.model, model),
          sql`${promotions.record}::jsonb ->> 'kind' in ('promoted', 'override') and (${promotions.record}::jsonb ->> 'version')::int = ${version.version}`,
        ),
      )
      .orderBy(desc(promotions.sequence))
      .limit(1),
  ]);
  const now = new Date(await databaseTime(db));
  const record = made[0] === undefined ? null : parseRecord(made[0].record);
  return {
    ...version,
    model,
    bytes: sizes[0]?.bytes ?? 0,
    promotion: record === null ? null : historyItem(record, made[0]!, now),
    record: record !== null && isDecision(record) ? record : null,
  };
}

/**
 * The evidence bundle of the decision that made a version.
 * @throws AssayError `not_found` if it has none, or if its bytes are lost; `data_invalid` if they do not match their hash.
 */
export async function readBundle(
  store: ArtifactStore,
  { address, promotion }: Pick<VersionDetail, 'address' | 'promotion'>,
): Promise<Uint8Array> {
  const hash = promotion?.bundleHash ?? null;
  if (hash !== null) return store.get(hash);
  throw new AssayError('not_found', `${address} has no evidence bundle`, {
    hint: 'it was promoted before there were bundles; promote its trial again to make one',
  });
}
