import { canonicalJson, type Json, sha256 } from '../../core/json.ts';
import { jsonOf } from './json-of.ts';
import { plainOf } from './plain-of.ts';

/** What a record of the audit trail is about. */
export const riskRecordKinds = ['start', 'intent', 'denial', 'event', 'state', 'limits', 'command', 'incident'] as const;
export type RiskRecordKind = (typeof riskRecordKinds)[number];

export interface RiskRecord {
  /** Counts from 1 without gaps. */
  readonly sequence: number;
  /** Hash of the record before; 64 zeros for the first. */
  readonly previousHash: string;
  readonly run: string;
  /** Nanoseconds since the epoch, in decimal digits. */
  readonly at: string;
  readonly kind: RiskRecordKind;
  readonly body: Json;
}

/** A record as it is stored: its canonical text and the hash of it. */
export interface SealedRecord {
  readonly sequence: number;
  readonly text: string;
  readonly hash: string;
}

export const firstHash = '0'.repeat(64);

/**
 * The record that follows another one (null: it is the first). `body` may hold what JSON cannot: whole numbers of any size and values that
 * are not finite become texts, functions are left out.
 */
export function nextRecord(
  last: SealedRecord | null,
  entry: { readonly run: string; readonly at: bigint; readonly kind: RiskRecordKind; readonly body: unknown },
): SealedRecord {
  const sequence = (last?.sequence ?? 0) + 1;
  const { run, kind } = entry;
  const previousHash = last?.hash ?? firstHash;
  const record: RiskRecord = { sequence, previousHash, run, at: String(entry.at), kind, body: plainOf(entry.body) };
  const text = canonicalJson(record);
  return { sequence, text, hash: sha256(text) };
}

export type RiskChainCheck =
  | { readonly intact: true; readonly records: number; readonly head: string }
  | { readonly intact: false; readonly sequence: number; readonly because: string };

/** Walks a chain from its first record. A cut tail does not show: the number of records or the head, kept elsewhere, tells. */
export function checkRiskChain(rows: readonly SealedRecord[]): RiskChainCheck {
  let head = firstHash;
  for (const [i, { sequence, text, hash }] of rows.entries()) {
    const broken = (because: string): RiskChainCheck => ({ intact: false, sequence: i + 1, because });
    if (sequence !== i + 1) return broken(`record ${i + 1} is missing`);
    if (sha256(text) !== hash) return broken('its text does not have its hash');
    const record = jsonOf(text) as Readonly<Partial<RiskRecord>> | null;
    if (typeof record !== 'object' || record === null || canonicalJson(record) !== text) return broken('its text is not canonical');
    if (record.sequence !== sequence) return broken('its text has another number');
    if (record.previousHash !== head) return broken('it does not follow the record before it');
    head = hash;
  }
  return { intact: true, records: rows.length, head };
}
