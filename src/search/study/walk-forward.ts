import type { Metrics } from '../trial/trial.ts';
import type { TrialContext } from './trial-context.ts';

/**
 * What a study may offer beside its objective so that its trials can be judged on data that the search never saw.
 * Search knows nothing of what a fold is made of; it carries the windows and the judgements.
 */
export interface FoldWindow {
  /** From 0, in time order. */
  readonly fold: number;
  /** Epoch milliseconds; ends are exclusive. */
  readonly trainStart: number;
  readonly trainEnd: number;
  readonly testStart: number;
  readonly testEnd: number;
  /** Bars left out between the two. */
  readonly purgedBars: number;
}

/** The result of one policy on one fold's test part. Returns are fractions of the account, net of all costs. */
export interface FoldEvaluation {
  readonly metrics: Metrics;
  /** One net return per session, in time order. */
  readonly dailyReturns: readonly number[];
  /** One net return per step. */
  readonly stepReturns: Float64Array;
  /** How often the environment ended the episode before the data did. */
  readonly earlyTerminations: number;
  /** The fall from the peak, a fraction, beyond which it did: without it nobody can tell what a count of 0 means. */
  readonly drawdownLimit: number;
  /** The cost model that was charged, in basis points: a gate refuses evidence without costs. */
  readonly friction: {
    readonly transactionBp: number;
    readonly impactBp: number;
    readonly paid: number;
  };
}

/** What all folds together will give the gates to look at, for each seed. */
export interface EvidenceAhead {
  /** Out-of-sample steps. */
  readonly steps: number;
  /** Out-of-sample sessions, each with one return. */
  readonly days: number;
}

export type ValidationContext<Params> = Pick<TrialContext<Params>, 'address' | 'params' | 'device' | 'signal' | 'dataset' | 'runsOn'> & {
  /** One of the seeds that the validation asked for. */
  readonly seed: number;
};

export interface WalkForward<Params> {
  /** The folds, from the data alone: never from a result. */
  readonly plan: (context: Pick<ValidationContext<Params>, 'dataset'>) => Promise<readonly FoldWindow[]>;
  /** How much evidence these folds will give, from the data alone: what the gates will lack is said before the search. */
  readonly evidence?: (context: Pick<ValidationContext<Params>, 'dataset'>, folds: readonly FoldWindow[]) => Promise<EvidenceAhead>;
  /** Train afresh on the fold's training part with this seed, then judge once on its test part. */
  readonly evaluate: (context: ValidationContext<Params>, fold: FoldWindow) => Promise<FoldEvaluation & { readonly policy: Uint8Array }>;
  /** What needs no search, judged on the same fold under the same costs: `flat`, `hold`, `linear`. */
  readonly baselines: (
    context: Pick<ValidationContext<Params>, 'dataset'>,
    fold: FoldWindow,
  ) => Promise<Readonly<Record<string, FoldEvaluation>>>;
}
