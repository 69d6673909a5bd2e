import { and, asc, desc, eq, isNull, lt, or, sql } from 'drizzle-orm';
import type { Db } from '../storage/database.ts';
import { checkLimit, decodeCursor, encodeCursor, type Page } from '../storage/readers/page.ts';
import { promotions } from '../storage/schema/index.ts';
import { findModel } from './find-model.ts';
import { databaseTime } from './ledger.ts';
import { sayPrincipal } from './provenance.ts';
import { genesisHash, isDecision, isVaultRecord, type LedgerRecord, type Sealed, sealRecord } from './record.ts';
import { type ReplayedModel, replayLedger } from './replay.ts';
import { daysLater, reached, usualTerms } from './terms.ts';

/** One line of `model history`. */
export interface HistoryItem {
  readonly sequence: number;
  readonly at: string;
  /** `user@host`, with a name that was given in front: `bob (user@host)`. */
  readonly by: string;
  readonly kind: LedgerRecord['kind'];
  /** Null, as the alias: a record about the vault of a trial. */
  readonly model: string | null;
  readonly version: number | null;
  readonly alias: string | null;
  readonly address: string;
  /** Null: nothing was decided. */
  readonly passed: boolean | null;
  /** Names of the gates that did not pass, as the record keeps them. */
  readonly failedGates: readonly string[];
  /** Names of the gates that warned. */
  readonly warnings: readonly string[];
  readonly reason: string | null;
  /** The refusal that was set aside, who had asked, and the reason of the promotion where there is one beside that of the override (null: no override). */
  readonly override: { readonly refusal: number; readonly requestedBy: string; readonly promotionReason: string | null } | null;
  /** When the evidence of a promotion is too old (null: nothing was promoted by it). */
  readonly expiresAt: string | null;
  readonly expired: boolean;
  /** SHA-256 of the evidence bundle (null: none). */
  readonly bundleHash: string | null;
  readonly hash: string;
  readonly previousHash: string;
  /** Key and signature (null: not signed). */
  readonly signer: string | null;
  readonly signature: string | null;
}

/** @param now for whether it is expired; default: the time of the record */
export function historyItem(record: LedgerRecord, { hash, signature }: Sealed, now: Date = new Date(record.at)): HistoryItem {
  const { sequence, at, by, kind, address, reason, previousHash, signer = null } = record;
  const named = isVaultRecord(record) ? { model: null, version: null, alias: null, passed: null, bundleHash: null } : record;
  const { model, version, alias, passed, bundleHash = null } = named;
  const verdicts = 'verdicts' in record ? record.verdicts : [];
  const override = isDecision(record) ? record.override : undefined;
  const expiresAt = version === null ? null : expiryOf(record);
  const failedGates = verdicts.filter(({ passed: one, severity }) => !one && severity !== 'warn').map(({ gate }) => gate);
  const warnings = verdicts.filter(({ passed: one, severity }) => !one && severity === 'warn').map(({ gate }) => gate);
  return {
    sequence,
    at,
    by: sayPrincipal(by),
    kind,
    model,
    version,
    alias,
    address,
    passed,
    failedGates,
    warnings,
    reason,
    override:
      override === undefined
        ? null
        : {
            refusal: override.refusal,
            requestedBy: sayPrincipal(override.requestedBy),
            promotionReason: override.promotionReason ?? null,
          },
    expiresAt,
    expired: expiresAt !== null && reached(expiresAt, now),
    bundleHash,
    hash,
    previousHash,
    signer,
    signature,
  };
}

/** When the promotion of a record expires; a rollback renews nothing. */
function expiryOf(record: LedgerRecord): string | null {
  return !isDecision(record) ? null : (record.expiresAt ?? daysLater(record.at, usualTerms.expiresAfterDays));
}

/** The records of a model: those that name it, and those about the vault of a trial that was proposed for it. */
export function ofModel(model: string) {
  const own = sql`select ${promotions.record}::jsonb ->> 'address' from ${promotions} where ${promotions.model} = ${model}`;
  return or(eq(promotions.model, model), and(isNull(promotions.model), sql`${promotions.record}::jsonb ->> 'address' in (${own})`));
}

/**
 * Every record of a model, refusals and looks at the vault included, newest first.
 * @throws AssayError `not_found` for a model that no record names.
 */
export async function modelHistory(
  db: Db,
  model: string,
  query: { readonly limit?: number | undefined; readonly cursor?: string | undefined } = {},
): Promise<Page<HistoryItem>> {
  const limit = checkLimit(query.limit ?? 50);
  const identity = JSON.stringify(['history', model]);
  const before = query.cursor === undefined ? undefined : lt(promotions.sequence, decodeCursor(identity, query.cursor).number);
  const [rows, total] = await Promise.all([
    db
      .select({ record: promotions.record, hash: promotions.hash, signature: promotions.signature })
      .from(promotions)
      .where(and(ofModel(model), before))
      .orderBy(desc(promotions.sequence))
      .limit(limit + 1),
    db.$count(promotions, ofModel(model)),
  ]);
  if (total === 0) await findModel(db, model);
  const now = new Date(await databaseTime(db));
  const items = rows.slice(0, limit).map(({ record, ...sealed }) => historyItem(parseRecord(record), sealed, now));
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { items, next: last === undefined ? null : encodeCursor(identity, { key: null, number: last.sequence }), total };
}

/** The records that name a model, oldest first, and what follows from them (undefined: it was only ever refused). */
export interface ModelLedger {
  readonly entries: readonly { readonly record: LedgerRecord; readonly sealed: Sealed }[];
  readonly replayed: ReplayedModel | undefined;
}

/** Replays the records of a model. Only under the ledger's lock does the answer stay true. */
export async function replayModel(db: Db, model: string): Promise<ModelLedger> {
  const rows = await db
    .select({ record: promotions.record, hash: promotions.hash, signature: promotions.signature })
    .from(promotions)
    .where(eq(promotions.model, model))
    .orderBy(asc(promotions.sequence));
  const entries = rows.map(({ record, ...sealed }) => ({ record: parseRecord(record), sealed }));
  return { entries, replayed: replayLedger(entries.map(({ record }) => record)).models.get(model) };
}

/** Parses the text of a stored record. */
export function parseRecord(text: string): LedgerRecord {
  return JSON.parse(text) as LedgerRecord;
}

export type ChainCheck =
  | { readonly intact: true; readonly records: number }
  | { readonly intact: false; readonly sequence: number; readonly because: string };

/** The columns of a record that the chain check reads. */
export interface ChainRow {
  readonly sequence: number;
  readonly record: string;
  readonly hash: string;
  readonly previousHash: string;
}

/**
 * Checks the records in their order: each has the hash of its content and names the hash of the one before, and none is missing. Does
 * not detect a cut tail; the tables, a witness or a hash kept elsewhere do.
 */
export function checkChain(rows: readonly ChainRow[]): ChainCheck {
  let previousHash = genesisHash;
  for (const [i, row] of rows.entries()) {
    const broken = (because: string): ChainCheck => ({ intact: false, sequence: i + 1, because });
    if (row.sequence !== i + 1) return broken(`record ${i + 1} is missing`);
    const record = parseRecord(row.record);
    if (sealRecord(record).hash !== row.hash) return broken('its content does not have its hash');
    if (record.sequence !== row.sequence || record.previousHash !== row.previousHash) return broken('its content contradicts its row');
    if (row.previousHash !== previousHash) return broken('it does not follow the record before it');
    previousHash = row.hash;
  }
  return { intact: true, records: rows.length };
}
