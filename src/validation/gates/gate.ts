import { hashOf, type Json } from '../../core/json.ts';
import type { FoldEvaluation } from '../../search/study/walk-forward.ts';

/** One model: a trial retrained with one seed, judged on every fold, in time order. */
export interface SeedEvidence {
  readonly seed: number;
  readonly folds: readonly FoldEvaluation[];
}

/** All that a gate may look at. Pure data: the same evidence always gives the same verdict. */
export interface Evidence {
  /** Every seed that was judged: a gate reports the worst, so no seed can be picked. */
  readonly seeds: readonly SeedEvidence[];
  readonly search: SearchEvidence;
}

/** What the search did before this trial was chosen. */
export interface SearchEvidence {
  /** Every trial of the study that gave an answer: complete, pruned and failed alike, and cancelled ones that had reported. */
  readonly trialsTried: number;
  /** The same over every study that read the same data, this one included. */
  readonly trialsOnSameData: number;
  /** The metric `sharpeDaily` of every complete trial of the study: net, on the inner validation part, not annualised. NaN: none. */
  readonly trialSharpes: readonly number[];
}

/** What a gate found. `observed` is NaN where there was nothing to observe; such a verdict never passes. */
export interface GateResult {
  readonly gate: string;
  readonly version: string;
  readonly passed: boolean;
  readonly observed: number;
  readonly threshold: number;
  readonly op: '>=' | '<=' | '>' | '<' | '==';
  /** In plain words, with the numbers that matter. */
  readonly because: string;
}

/** A rule that a model must satisfy. A pure function. */
export interface Gate {
  readonly id: string;
  /** Of the rule and of its numbers: see {@link versionOf}. */
  readonly version: string;
  readonly check: (evidence: Evidence) => GateResult;
}

/** Whether `observed op threshold` holds. NaN never does. */
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

/** The rule's own version, which a person raises, and a hash of the numbers that it was asked with: `2+3f9a01cc`. */
export function versionOf(rule: number, numbers: Json): string {
  return `${rule}+${hashOf(numbers).slice(0, 8)}`;
}
