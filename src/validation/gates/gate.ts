import type { FoldJudgement } from '../../search/study/walk-forward.ts';

/** One model: a trial retrained with one seed, judged on every fold, in time order. */
export interface SeedEvidence {
  readonly seed: number;
  readonly folds: readonly FoldJudgement[];
}

/** All that a gate may look at. Pure data: the same evidence always gives the same verdict. */
export interface Evidence {
  /** Every seed that was judged: a gate reports the worst, so no seed can be picked. */
  readonly seeds: readonly SeedEvidence[];
  readonly search: SearchEvidence;
}

/** What the search did before this trial was chosen. */
export interface SearchEvidence {
  /** Every trial that was tried: complete, pruned and failed alike. */
  readonly trialsTried: number;
  /** The objective of every complete trial: the daily net Sharpe ratio on the inner validation part, not annualised. */
  readonly trialSharpes: readonly number[];
}

/** What a gate found. `observed` is NaN where there was nothing to observe; such a verdict never passes. */
export interface Verdict {
  readonly gate: string;
  readonly version: string;
  readonly passed: boolean;
  readonly observed: number;
  readonly threshold: number;
  readonly op: '>=' | '<=' | '>' | '<' | '==';
  /** In plain words, with the numbers that matter. */
  readonly because: string;
}

/** A rule that a model must satisfy. A pure function; a changed rule gets a new version. */
export interface Gate {
  readonly id: string;
  readonly version: string;
  readonly check: (evidence: Evidence) => Verdict;
}

/** Whether `observed op threshold` holds. NaN never does. */
export function holds(observed: number, op: Verdict['op'], threshold: number): boolean {
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
