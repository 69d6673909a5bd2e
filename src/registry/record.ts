import { canonicalJson, type Json, sha256 } from '../core/json.ts';
import type { AlgorithmRef } from '../search/algorithm.ts';
import type { FlatParams } from '../search/space/param.ts';
import type { ModuleRef } from '../search/study/storage.ts';
import type { Goal } from '../search/trial/history.ts';
import type { GateResult, Severity } from '../validation/gates/gate.ts';
import type { GatePolicy } from '../validation/gates/policy.ts';
import type { AskedPolicy } from './asked-policies.ts';
import type { Override } from './override.ts';
import type { Code, Principal } from './provenance.ts';
import type { KeyId } from './signing/key-id.ts';
import type { Terms } from './terms.ts';

/** A number in the ledger; NaN and infinities are strings because JSON cannot express them. */
export type LedgerNumber = number | 'NaN' | 'Infinity' | '-Infinity';

export type LedgerNumbers = Readonly<Record<string, LedgerNumber>>;

/** A complete gate result. */
export interface LedgerGateResult {
  readonly gate: string;
  readonly version: string;
  /** Absent in records of releases without warnings: `refuse`. */
  readonly severity?: Severity;
  readonly passed: boolean;
  readonly observed: LedgerNumber;
  readonly threshold: LedgerNumber;
  readonly op: string;
  readonly because: string;
}

/** Members of every record: who did what to which trial, when and why. */
interface EntryBase {
  /** Counts from 1 without gaps. */
  readonly sequence: number;
  /** Hash of the previous record; 64 zeros for the first. */
  readonly previousHash: string;
  /** Time by the database's clock, RFC 3339. */
  readonly at: string;
  readonly by: Principal;
  /** UUID of the request that asked for it, which may be sent again (absent: not asked over HTTP). */
  readonly request?: string;
  /** Public key of the signature, which is kept beside the record (absent: not signed). */
  readonly signer?: KeyId;
  readonly reason: string | null;
  /** Address of the trial that it is about. */
  readonly address: string;
  readonly artifactHashes: readonly string[];
}

/** Members of every record about an alias of a model. */
interface RecordBase extends EntryBase {
  readonly model: string;
  readonly alias: string;
  readonly policyHash: string;
  /** SHA-256 of the evidence bundle of a decision (absent: made before there were bundles, a rollback, or a trial without a validation). */
  readonly bundleHash?: string;
}

/** Record of an alias that was moved back to the version it named before. */
export interface RollbackRecord extends RecordBase {
  readonly kind: 'rollback';
  readonly passed: true;
  /** The version that the alias names now. */
  readonly version: number;
  readonly previousVersion: number;
  readonly code: Code;
  /** When the version that the alias named before may return to it (absent: a record of an earlier release). */
  readonly mayReturnAt?: string;
}

/** Record of a promotion, a refusal or a refusal that was overridden, with its code, data, configuration and every gate result. */
export interface DecisionRecord extends RecordBase {
  readonly kind: 'promoted' | 'refused' | 'override';
  /** Whether every gate passed: not in an override. */
  readonly passed: boolean;
  /** The refusal that was overridden; `by` and `reason` are those of the override. */
  readonly override?: Override & {
    /** The reason of the promotion, which came beside that of the override (absent: none did). */
    readonly promotionReason?: string;
  };
  /** How long the promotion counts (absent: a refusal, or a record of an earlier release). */
  readonly terms?: Terms;
  readonly expiresAt?: string;
  /** Null if nothing was promoted. */
  readonly version: number | null;
  /** The version that the alias named before (null if none). */
  readonly previousVersion: number | null;
  readonly code: Code & { readonly module: ModuleRef };
  /** Every data set that was read, with the hash of its content. */
  readonly data: readonly { readonly name: string; readonly hash: string }[];
  readonly config: {
    readonly spaceHash: string;
    readonly direction: string;
    /** Absent for a single objective. */
    readonly objectives?: readonly Goal[];
    readonly sampler: AlgorithmRef;
    readonly pruner: AlgorithmRef;
    readonly studySeed: number;
    readonly params: FlatParams;
    readonly trialSeed: number;
    readonly seeds: readonly number[];
    /** Number of the study's trials with a result at the time of the decision. */
    readonly trialsTried: number;
    readonly validation: { readonly definitionHash: string; readonly definition: Json } | null;
  };
  readonly value: LedgerNumber | null;
  /** Values of several objectives, by name. */
  readonly values?: LedgerNumbers;
  readonly constraints?: readonly LedgerNumber[];
  readonly metrics: LedgerNumbers;
  /** Records of earlier releases have `rules` in the place of its policies. */
  readonly gates: LedgerGates;
  readonly verdicts: readonly LedgerGateResult[];
}

/** The gate policies that were asked, whole, and a hash of them: files may have changed since. */
export interface LedgerGates {
  readonly policies: readonly (Pick<AskedPolicy, 'version' | 'by' | 'lacked'> & { readonly rules: GatePolicy })[];
  readonly hash: string;
}

/** Record of the one look of a trial at its study's vault, made before anything of it is known. It is about a trial, and names no model. */
export interface VaultOpenedRecord extends EntryBase {
  readonly kind: 'vault-opened';
  readonly reason: string;
  readonly code: Code;
  /** The sessions that are looked at; times are RFC 3339, the end exclusive. */
  readonly vault: {
    readonly dataset: string;
    readonly hash: string;
    readonly sessions: number;
    readonly from: string;
    readonly until: string;
  };
  /** Definition of the walk-forward validation, whose last fold trained the policies. */
  readonly definitionHash: string;
  /** What is walked over these sessions: the policies that would be promoted, in the order of the seeds. */
  readonly policies: readonly { readonly seed: number; readonly hash: string }[];
  readonly gates: LedgerGates;
  /** Results of every other gate. */
  readonly verdicts: readonly LedgerGateResult[];
}

/** Record of what the look showed; there is one for each {@link VaultOpenedRecord}. */
export interface VaultResultRecord extends EntryBase {
  readonly kind: 'vault-result';
  readonly reason: null;
  readonly code: Code;
  /** Sequence of the record of the look. */
  readonly opened: number;
  readonly results: readonly VaultResult[];
}

/** What the policy of one seed earned in the vault. */
export interface VaultResult {
  readonly seed: number;
  readonly policyHash: string;
  /** SHA-256 of its net returns by step. */
  readonly stepReturnsHash: string;
  /** Number of days with a return. */
  readonly days: number;
  readonly metrics: LedgerNumbers;
}

export type VaultRecord = VaultOpenedRecord | VaultResultRecord;

/** Any record of the ledger. */
export type LedgerRecord = DecisionRecord | RollbackRecord | VaultRecord;

/** Every kind of record. */
export const recordKinds = [
  'promoted',
  'refused',
  'override',
  'rollback',
  'vault-opened',
  'vault-result',
] as const satisfies readonly LedgerRecord['kind'][];

export function isVaultRecord(record: LedgerRecord): record is VaultRecord {
  return record.kind === 'vault-opened' || record.kind === 'vault-result';
}

export function isDecision(record: LedgerRecord): record is DecisionRecord {
  return record.kind !== 'rollback' && !isVaultRecord(record);
}

export const genesisHash = '0'.repeat(64);

/** What is stored beside the text of a record. */
export interface Sealed {
  readonly hash: string;
  /** Null: not signed. */
  readonly signature: string | null;
}

/** The exact text that is stored, and its hash. */
export function sealRecord(record: LedgerRecord): { readonly text: string; readonly hash: string } {
  const text = canonicalJson(record);
  return { text, hash: sha256(text) };
}

/** A gate result as a record holds it. */
export function ledgerGateResult(gateResult: GateResult): LedgerGateResult {
  return { ...gateResult, observed: ledgerNumber(gateResult.observed), threshold: ledgerNumber(gateResult.threshold) };
}

export function ledgerNumber(value: number): LedgerNumber {
  return Number.isFinite(value) ? value : (String(value) as LedgerNumber);
}

export function ledgerNumbers(numbers: Readonly<Record<string, number>>): LedgerNumbers {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, ledgerNumber(value)]));
}
