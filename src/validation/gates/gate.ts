import { hashOf, type Json } from '../../core/json.ts';
import type { FoldEvaluation } from '../../search/study/walk-forward.ts';

/** Evaluations of a trial retrained with one seed, on every fold in time order. */
export interface SeedEvidence {
  readonly seed: number;
  readonly folds: readonly FoldEvaluation[];
}

/** Everything a gate may look at. Pure data: the same evidence always gives the same result. */
export interface Evidence {
  /** Every evaluated seed. Gates report the worst, so no seed can be selected. */
  readonly seeds: readonly SeedEvidence[];
  readonly search: SearchEvidence;
}

/** How much was searched before this trial was chosen. */
export interface SearchEvidence {
  /** Number of the study's trials with a result: complete, pruned, failed, and cancelled ones that had reported. */
  readonly trialsTried: number;
  /** The same count over all studies that read the same data, this one included. */
  readonly trialsOnSameData: number;
  /** The metric `sharpeDaily` of each complete trial of the study: net, on the inner validation part, not annualised. NaN if missing. */
  readonly trialSharpes: readonly number[];
}

/** Result of a gate. `observed` is NaN if there was nothing to observe; such a result never passes. */
export interface GateResult {
  readonly gate: string;
  readonly version: string;
  readonly passed: boolean;
  readonly observed: number;
  readonly threshold: number;
  readonly op: '>=' | '<=' | '>' | '<' | '==';
  /** One plain sentence with the decisive numbers. */
  readonly because: string;
}

/** A rule that a model must satisfy. A pure function. */
export interface Gate {
  readonly id: string;
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
