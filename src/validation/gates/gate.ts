import { hashOf, type Json } from '../../core/json.ts';
import type { FoldEvaluation, FoldWindow } from '../../search/study/walk-forward.ts';
import type { CheckEvidence } from './checks-evidence.ts';
import type { PaperEvidence } from './paper-evidence.ts';
import type { VaultEvidence } from './vault-evidence.ts';

/** Evaluations of a trial retrained with one seed, on every fold in time order. */
export interface SeedEvidence {
  readonly seed: number;
  readonly folds: readonly FoldEvaluation[];
}

/** Everything a gate may look at. Pure data: the same evidence always gives the same result. What is unknown passes no gate that asks for it. */
export interface Evidence {
  /** Every evaluated seed. Gates report the worst or ask all of them, so no seed can be selected. */
  readonly seeds: readonly SeedEvidence[];
  readonly search: SearchEvidence;
  /** Windows of the folds, in time order. */
  readonly windows: readonly FoldWindow[];
  /** Policies that need no search, by name, on the same folds in the same order. */
  readonly baselines: Readonly<Record<string, readonly FoldEvaluation[]>>;
  /** Number of looks at these test days over all studies, this one included (NaN: unknown). */
  readonly looks: number;
  /** Every distinct model that this study judged on these test days, this one included. */
  readonly judged: readonly JudgedModel[];
  /** Results of the checks of data, features and policy (null: never run). */
  readonly checks: CheckEvidence | null;
  /** The result on the sessions that are kept from every other look (null: never opened). */
  readonly vault: VaultEvidence | null;
  /** What this trial loses without a part of its inputs or settings, on the same seeds, folds and days. */
  readonly ablations: readonly AblationPair[];
  /** The run of paper trading that is judged (null: none is recorded). */
  readonly paper: PaperEvidence | null;
  readonly origin: EvidenceOrigin;
}

/** Who evaluated: this platform, or a program beside it that told its results. Stated with the first evaluation, and never changed. */
export type EvidenceOrigin = 'assay' | 'external';

/** The same trial with and without something. */
export interface AblationPair {
  /** What was taken away or changed. */
  readonly arm: string;
  /** Daily Sharpe ratio of the trial less that of the arm, mean over the seeds; NaN where one has none. */
  readonly loss: number;
  /** Its 95 % interval from paired days. */
  readonly low: number;
  readonly high: number;
  readonly days: number;
}

/** One of several models judged on the same days. */
export interface JudgedModel {
  /** Number of the trial. */
  readonly number: number;
  /** Mean over the seeds of each session's net return, in time order. */
  readonly dailyReturns: readonly number[];
}

/** How much was searched before this trial was chosen. */
export interface SearchEvidence {
  /** Number of the trial in its study. */
  readonly number: number;
  /** Number of the study's trials with a result: complete, pruned, failed, and cancelled ones that had reported. */
  readonly trialsTried: number;
  /** The same count over all studies that read the same data, this one included. */
  readonly trialsOnSameData: number;
  /** The metric `sharpeDaily` of each complete trial of the study: net, on the inner validation part, not annualised. NaN if missing. */
  readonly trialSharpes: readonly number[];
  /** Daily net returns of the study's trials on the inner validation part, complete ones unless they say otherwise. */
  readonly innerReturns: readonly InnerReturns[];
}

/** A trial's daily net returns on the inner validation part of the search window. */
export interface InnerReturns {
  /** Number of the trial. */
  readonly number: number;
  /** True if the trial was pruned: the returns are those of its last report. */
  readonly pruned?: boolean;
  /** ISO dates, ascending. */
  readonly days: readonly string[];
  /** One net return per day. */
  readonly returns: readonly number[];
}

/** `refuse`: a failure refuses a promotion. `warn`: a failure is shown and recorded, and refuses nothing. */
export type Severity = 'refuse' | 'warn';

/** Result of a gate. `observed` is NaN if there was nothing to observe; such a result never passes. */
export interface GateResult {
  readonly gate: string;
  readonly version: string;
  readonly severity: Severity;
  readonly passed: boolean;
  readonly observed: number;
  readonly threshold: number;
  readonly op: '>=' | '<=' | '>' | '<' | '==';
  /** One plain sentence with the decisive numbers. */
  readonly because: string;
}

/** True if the result refuses a promotion. NaN never passes. */
export function refuses({
  passed,
  observed,
  severity,
}: Pick<GateResult, 'passed' | 'observed'> & { readonly severity?: Severity }): boolean {
  return severity !== 'warn' && (!passed || Number.isNaN(observed));
}

/** A rule that a model must satisfy. A pure function. */
export interface Gate {
  readonly id: string;
  readonly severity: Severity;
  /** Version of the rule and its numbers, see {@link versionOf}. */
  readonly version: string;
  readonly check: (evidence: Evidence) => GateResult;
}

/** True if `observed op threshold` holds; false for NaN. */
export function holds(observed: number, op: GateResult['op'], threshold: number): boolean {
  switch (op) {
    case '>=':
      return observed >= threshold;
    case '<=':
      return observed <= threshold;
    case '>':
      return observed > threshold;
    case '<':
      return observed < threshold;
    case '==':
      return observed === threshold;
  }
}

/** The version of the rule and a hash of its numbers: `2+3f9a01cc`. */
export function versionOf(rule: number, numbers: Json): string {
  return `${rule}+${hashOf(numbers).slice(0, 8)}`;
}

/** The rule of a version that {@link versionOf} made: `2`. */
export function ruleOf(version: string): string {
  return version.split('+', 1)[0]!;
}
