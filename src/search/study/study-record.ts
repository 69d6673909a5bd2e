import type { Json } from '../../core/json.ts';
import type { Vault } from '../../core/vault.ts';
import type { AlgorithmRef } from '../algorithm.ts';
import type { SpaceJson } from '../space/param.ts';
import type { StoppingOptions } from '../stopping-advice/stopping-advice.ts';
import type { Direction, Goal, PruneOn } from '../trial/history.ts';
import type { Replicates } from '../trial/replicates.ts';
import type { Needs } from './needs.ts';
import type { StudyAhead } from './study-ahead.ts';
import type { EvidenceAhead } from './walk-forward.ts';

/** The database's own key of a study. */
export type StudyId = number;

/** Limits of a study. At the first one that is reached no trial is asked for any more; open trials run to their end. */
export interface Budget {
  /** Number of trials over all runs of the study; cancelled ones do not count. */
  readonly trials: number;
  /**
   * Working time over all runs: how long at least one attempt held its lease, by the storage's clock. A dead attempt held it until the
   * lease expired.
   */
  readonly timeMs?: number;
  /** Sum over all trials of the last step that the last attempt reported. */
  readonly steps?: number;
  /** True (default) if failed trials count among `trials`. */
  readonly countFailed?: boolean;
  readonly stopWhen?: StopWhen;
}

/** Rules about the results. Each is evaluated on all ended trials, in the order of their ends. */
export interface StopWhen {
  /** Stops once a feasible trial reaches this value, or a better one. */
  readonly target?: number;
  /** Stops after n complete or pruned trials without a new best one (several objectives: a new member of the Pareto set). */
  readonly noImprovement?: number;
  /** Stops when `adviseStopping` with these options says so. */
  readonly unlikelyToPay?: StoppingOptions;
  /** Stops after n failed trials. */
  readonly failed?: number;
}

/** The part of a study that is data; its code is named by module. */
export interface StudyDescription {
  readonly name: string;
  /** Direction of the first objective. */
  readonly direction: Direction;
  /** All of several objectives (null: a single one, without a name). */
  readonly objectives: readonly Goal[] | null;
  readonly space: SpaceJson;
  readonly spaceHash: string;
  readonly sampler: AlgorithmRef;
  readonly pruner: AlgorithmRef;
  /** The reported metric that the pruner decides on (null: the objective itself). */
  readonly pruneOn: PruneOn | null;
  readonly budget: Budget;
  /** How often a configuration is tried (absent: once). */
  readonly replicates?: Replicates;
  /** Names of earlier studies that the search starts from (absent: none). What they know by then is taken when the study first names them. */
  readonly warmStart?: readonly string[];
  readonly seed: number;
  /** Number of lost attempts after which a trial fails. */
  readonly maxAttempts: number;
  /** Workers that serve several studies take trials of the highest priority first. */
  readonly priority: number;
  /** What a trial needs of the machine (null: nothing special). */
  readonly needs: Needs | null;
  /** What validations of its trials will give the gates to look at, where the study says. */
  readonly evidence?: EvidenceAhead;
  /** Its windows on the data, the vault among them, where they are known. */
  readonly ahead?: StudyAhead;
  /** Sessions that nothing but one look reads (absent: none). */
  readonly vault?: Vault;
  /** Studies that are frozen together. */
  readonly group?: string;
  /** Name of the study that is opened once a trial of this one lifts the freeze of the group. */
  readonly next?: string;
  /** Name of the gate policy that its trials are promoted by. */
  readonly policy: string;
  /** The whole gate policy; what a study has when its first trial completes stays with it. */
  readonly policyRules?: Json;
  readonly module: ModuleRef;
}

/** What an attempt ran on, for people: `{ node: '20.20.0', cpu: '…' }`. */
export type RuntimeInfo = Readonly<Record<string, string>>;

export interface ModuleRef {
  /** URL of the study file: `assay:studies/x.ts`, relative to the checkout of each machine, or a file: URL. */
  readonly url: string;
  /** SHA-256 of the file's text, or over all files that it imports by relative path. */
  readonly sourceHash: string;
  /** SHA-256 of the packages and versions that package-lock.json pins at run time (null: no such file, or not determined). */
  readonly packagesHash: string | null;
  readonly gitCommit: string | null;
  readonly gitDirty: boolean;
}

export interface StudyRecord extends StudyDescription {
  readonly id: StudyId;
  /** Grows by one with every change of the study or one of its trials. */
  readonly revision: number;
  /** True if this `open` created it. */
  readonly created: boolean;
}
