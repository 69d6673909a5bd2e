import type { Json } from '../../core/json.ts';
import type { Metrics } from '../trial/trial.ts';
import type { DataQualityCheck, LookAheadCheck, PolicyChecks, SavedPolicy } from './checks.ts';
import type { StudyAhead, TrainingPace } from './study-ahead.ts';
import type { TrialContext } from './trial-context.ts';

/**
 * Windows of one fold of a walk-forward validation, on data that the search did not use. The search passes windows and evaluations on
 * without interpreting them.
 */
export interface FoldWindow {
  /** From 0, in time order. */
  readonly fold: number;
  /** Epoch milliseconds; ends are exclusive. */
  readonly trainStart: number;
  readonly trainEnd: number;
  readonly testStart: number;
  readonly testEnd: number;
  /** Number of bars left out between training and test, on either side of each test part. */
  readonly purgedBars: number;
  /** Absent: training and test are one part each, as the times above say. */
  readonly parts?: FoldParts | undefined;
}

/**
 * Training and test in several places; the fold's own times are those of the first and last part. Nothing is learnt across a gap, and each
 * test part has an account of its own.
 */
export type FoldParts = {
  readonly train: readonly WindowPart[];
  readonly test: readonly (WindowPart & { readonly group: number })[];
  /** Sessions left out of training on either side of test parts, whose bars the fold states. */
  readonly purgedSessions: number;
  /** Sessions left out after test parts beside the purged ones, and their bars. */
  readonly embargoedSessions: number;
  readonly embargoedBars: number;
};

export type WindowPart = {
  /** Epoch milliseconds; the end is exclusive. */
  readonly start: number;
  readonly end: number;
  readonly sessions: number;
};

/** Evaluation of one policy on one fold's test window. Returns are fractions of the account, net of all costs. */
export interface FoldEvaluation {
  readonly metrics: Metrics;
  /** One net return per session, in time order. */
  readonly dailyReturns: readonly number[];
  /** The training reward of each session, in account currency; absent where nothing shapes it, or where it is not known. */
  readonly sessionRewards?: readonly number[] | undefined;
  /** One net return per step. */
  readonly stepReturns: Float64Array;
  /** Number of episodes that the environment ended before the end of the data. */
  readonly earlyTerminations: number;
  /** Drawdown (a fraction of the peak) that ends an episode: gives `earlyTerminations` its meaning. */
  readonly drawdownLimit: number;
  /** Cost model that was charged, in basis points: a gate refuses evidence without costs. */
  readonly friction: {
    readonly transactionBp: number;
    readonly impactBp: number;
    readonly paid: number;
  };
}

/** Amount of evidence that all folds together will give, for each seed. */
export interface EvidenceAhead {
  /** Number of out-of-sample steps. */
  readonly steps: number;
  /** Number of out-of-sample sessions, each with one return. */
  readonly days: number;
  /** Number of folds. */
  readonly folds?: number;
  /** Number of sessions of the shortest fold. */
  readonly shortestFold?: number;
}

export type ValidationContext<Params> = Pick<TrialContext<Params>, 'address' | 'params' | 'device' | 'signal' | 'dataset' | 'runsOn'> & {
  /** One of the seeds of the validation. */
  readonly seed: number;
};

/** Settings that an ablation changes, by their path: `{ 'environment.overnight': 'hold' }`. */
export type VariedSettings = Readonly<Record<string, Json>>;

/** Sessions at the end of a data set that nothing reads before one look at them. */
export interface VaultPlan {
  /** Name of the data set. */
  readonly dataset: string;
  /** How many sessions, from the number of all in the data set; 0: none. */
  readonly sessions: (all: number) => number;
  /** Evaluates the bytes of a saved policy on a test window under the costs of `evaluate`. Trains nothing: the bytes that are looked at are those that are promoted. */
  readonly walk: (context: CheckContext, fold: FoldWindow, policy: Uint8Array) => Promise<FoldEvaluation>;
}

export interface WalkForward<Params> {
  /** Missing: no vault is kept. */
  readonly vault?: VaultPlan;
  /** Returns the folds, from the data alone, never from a result. */
  readonly plan: (context: Pick<ValidationContext<Params>, 'dataset'>) => Promise<readonly FoldWindow[]>;
  /** Returns how much evidence these folds will give, from the data alone, so that missing evidence is noticed before the search. */
  readonly evidence?: (context: Pick<ValidationContext<Params>, 'dataset'>, folds: readonly FoldWindow[]) => Promise<EvidenceAhead>;
  /** Returns the windows of search and folds by their trading dates, from the data alone. Missing: they are known by their days only. */
  readonly ahead?: (context: Pick<ValidationContext<Params>, 'dataset'>, folds: readonly FoldWindow[]) => Promise<StudyAhead>;
  /** Times a few gradient steps of a trial with these parameters. Missing: the time of a training is unknown. */
  readonly pace?: (context: Pick<ValidationContext<Params>, 'dataset' | 'params' | 'seed' | 'signal'>) => Promise<TrainingPace>;
  /** Checks the settings of a trial with these parameters, from the data alone, so that what no trial can have is noticed before the search. */
  readonly check?: (context: Pick<ValidationContext<Params>, 'dataset' | 'params'>) => Promise<void>;
  /** Trains from scratch on the fold's training window with this seed, then evaluates once on its test window. */
  readonly evaluate: (context: ValidationContext<Params>, fold: FoldWindow) => Promise<FoldEvaluation & { readonly policy: Uint8Array }>;
  /** Evaluates policies that need no search on the same fold under the same costs: `flat`, `hold`, `linear`. */
  readonly baselines: (
    context: Pick<ValidationContext<Params>, 'dataset'>,
    fold: FoldWindow,
  ) => Promise<Readonly<Record<string, FoldEvaluation>>>;
  /**
   * The same evaluation under other settings, for ablations. Missing: the study's settings cannot be varied.
   * @throws AssayError `config_invalid` for settings that are unknown or that would change the folds.
   */
  readonly vary?: (settings: VariedSettings) => Pick<WalkForward<Params>, 'evaluate'>;
  /**
   * The folds of another scheme, such as `cpcv:6,2`, which `evaluate` and `baselines` then take. Missing: the study has its own folds alone.
   * @throws AssayError `config_invalid` for an unknown scheme or one that does not fit into the data.
   */
  readonly schemed?: (scheme: string) => Pick<WalkForward<Params>, 'plan'>;
  /** Checks of what the evaluations rest on. Missing: nothing is checked, and gates that ask for checks fail. */
  readonly checks?: WalkForwardChecks;
}

/** Checks of a validation, without training. Each is a function of the data, the study's source and the saved policies alone. */
export interface WalkForwardChecks {
  /** Faults of the data that every fold reads. */
  readonly data: (context: CheckContext) => Promise<DataQualityCheck>;
  /**
   * Whether features, or what is learnt from the fold's training part, depend on later data.
   * @param rows number of rows to try, each in two ways.
   */
  readonly features: (context: CheckContext, fold: FoldWindow, rows: number) => Promise<LookAheadCheck>;
  /**
   * Checks policies that were saved for this fold: look-ahead of actions and fills on `rows` rows, which the policies share, the evaluation
   * again, and its stresses.
   * @returns one result per policy, in their order.
   */
  readonly policies: (
    context: CheckContext,
    fold: FoldWindow,
    asked: { readonly rows: number; readonly policies: readonly SavedPolicy[] },
  ) => Promise<readonly PolicyChecks[]>;
}

export type CheckContext = Pick<ValidationContext<unknown>, 'dataset' | 'signal'>;
