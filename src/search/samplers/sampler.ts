import type { Rng } from '../../core/rng.ts';
import type { CompiledSpace } from '../space/compile.ts';
import type { FlatParams } from '../space/param.ts';
import type { Curve, Direction, History } from '../trial/history.ts';

/** A pure function of (space, history, rng): no state, no clock, no database. */
export interface Sampler {
  /** Stored with the study: `tpe`, `random`. */
  readonly id: string;
  /** True if only one objective is supported. Constraints must be handled by every sampler. */
  readonly singleObjective?: true;
  /** True if every trial number is needed (grid, QMC): a pruner's history filter is not applied. */
  readonly ignoresHistoryFilter?: true;
  /** True if it starts from earlier studies (`History.earlier`). */
  readonly learnsFromEarlier?: true;
  /** Returns a value for every parameter that is active under the suggested choices, and for no other; all inside their ranges. */
  readonly suggest: (space: CompiledSpace, history: History, rng: Rng) => FlatParams;
  /**
   * Returns params that were tried before and that one more trial of, with another seed, is worth more than one of the given params (null: none
   * is). Absent: the sampler has no model to say so.
   */
  readonly secondLook?: (space: CompiledSpace, history: History, params: FlatParams, rng: Rng) => FlatParams | null;
  /** Returns a trial that continues another trial's checkpoint; called before `suggest` (null: start from nothing, as suggested). */
  readonly fork?: (space: CompiledSpace, members: Population, rng: Rng) => Fork | null;
  /** Returns the number of distinct trials, after which a study without a trial limit ends. Absent: unlimited. */
  readonly trials?: (space: CompiledSpace) => bigint;
  /** True if it requires the pruner of the same id and options. */
  readonly prunes?: true;
}

/** Running trials with their curves and newest checkpoints, for population-based samplers. */
export interface Population {
  readonly direction: Direction;
  readonly curves: readonly Curve[];
  /** Newest checkpoint of each trial that has one, by trial number. */
  readonly checkpoints: ReadonlyMap<number, { readonly step: number; readonly params: FlatParams }>;
  /** Number of the trial to suggest. */
  readonly next: number;
}

export interface Fork {
  readonly params: FlatParams;
  /** Number of the trial whose checkpoint at `step` is loaded. */
  readonly from: number;
  readonly step: number;
}
