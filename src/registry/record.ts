import { canonicalJson, type Json, sha256 } from '../core/json.ts';
import type { AlgorithmRef } from '../search/algorithm.ts';
import type { FlatParams } from '../search/space/param.ts';
import type { ModuleRef } from '../search/study/storage.ts';
import type { Goal } from '../search/trial/history.ts';
import type { GateRules } from '../validation/gates/index.ts';
import type { Code, Principal } from './provenance.ts';

/** A figure in the ledger: JSON has no NaN and no infinities, so those are words. */
export type LedgerNumber = number | 'NaN' | 'Infinity' | '-Infinity';

export type LedgerNumbers = Readonly<Record<string, LedgerNumber>>;

/** A gate's verdict, whole. */
export interface LedgerGateResult {
  readonly gate: string;
  readonly version: string;
  readonly passed: boolean;
  readonly observed: LedgerNumber;
  readonly threshold: LedgerNumber;
  readonly op: string;
  readonly because: string;
}

/** What every record says: who did what to which alias, when and why. */
interface RecordBase {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** Hash of the record before; 64 zeros for the first. */
  readonly previousHash: string;
  /** The database's clock, RFC 3339. */
  readonly at: string;
  readonly by: Principal;
  readonly reason: string | null;
  readonly model: string;
  readonly alias: string;
  /** The trial that the version came out of. */
  readonly address: string;
  readonly policyHash: string;
  readonly artifactHashes: readonly string[];
}

/** The alias went back to the version that it named before. */
export interface RollbackRecord extends RecordBase {
  readonly kind: 'rollback';
  readonly passed: true;
  /** Where the alias points now. */
  readonly version: number;
  readonly previousVersion: number;
  readonly code: Code;
}

/** One decision, with all that it was made from: on which code and data, and what every gate saw. */
export interface DecisionRecord extends RecordBase {
  readonly kind: 'promoted' | 'refused';
  readonly passed: boolean;
  /** Null where nothing was promoted. */
  readonly version: number | null;
  /** Where the alias pointed before; null: nowhere. */
  readonly previousVersion: number | null;
  readonly code: Code & { readonly module: ModuleRef };
  /** Every data set that was read, by the hash of its content. */
  readonly data: readonly { readonly name: string; readonly hash: string }[];
  readonly config: {
    readonly spaceHash: string;
    readonly direction: string;
    /** Absent where there is one. */
    readonly objectives?: readonly Goal[];
    readonly sampler: AlgorithmRef;
    readonly pruner: AlgorithmRef;
    readonly studySeed: number;
    readonly params: FlatParams;
    readonly trialSeed: number;
    readonly seeds: readonly number[];
    /** Trials of the study that gave an answer, at the time of the decision. */
    readonly trialsTried: number;
    readonly validation: { readonly definitionHash: string; readonly definition: Json } | null;
  };
  readonly value: LedgerNumber | null;
  /** Of each of several objectives, by name. */
  readonly values?: LedgerNumbers;
  readonly constraints?: readonly LedgerNumber[];
  readonly metrics: LedgerNumbers;
  /** The numbers that every gate asked for, and their hash: the configuration may say others by now. */
  readonly gates: { readonly rules: GateRules; readonly hash: string };
  readonly verdicts: readonly LedgerGateResult[];
}

/** What the ledger holds. */
export type LedgerRecord = DecisionRecord | RollbackRecord;

export const genesisHash = '0'.repeat(64);

/** The text that is stored and hashed, letter by letter. */
export function sealRecord(record: LedgerRecord): { readonly text: string; readonly hash: string } {
  const text = canonicalJson(record);
  return { text, hash: sha256(text) };
}

export function ledgerNumber(figure: number): LedgerNumber {
  return Number.isFinite(figure) ? figure : (String(figure) as LedgerNumber);
}

export function ledgerNumbers(figures: Readonly<Record<string, number>>): LedgerNumbers {
  return Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, ledgerNumber(figure)]));
}
