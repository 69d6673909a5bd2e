import type { Rng } from '../../core/rng.ts';
import type { CompiledSpace } from '../space/compile.ts';
import type { FlatParams } from '../space/param.ts';
import type { Curve, Direction, History } from '../trial/history.ts';

/** A pure function of (space, history, rng): it keeps nothing, reads no clock and no database. */
export interface Sampler {
  /** Stored with the study: `tpe`, `random`. */
  readonly id: string;
  /** It cannot search for several objectives. Constraints are every sampler's business. */
  readonly singleObjective?: true;
  /** It has to know which trials there are, whatever became of them: no pruner keeps any from it. */
  readonly ignoresHistoryFilter?: true;
  /** Every parameter that is active under the suggested choices, and no other; all inside their ranges. */
  readonly suggest: (space: CompiledSpace, history: History, rng: Rng) => FlatParams;
  /** A trial that goes on from where another one stands; null: it begins anew, as suggested. Asked before `suggest`. */
  readonly fork?: (space: CompiledSpace, members: Population, rng: Rng) => Fork | null;
  /** How many different trials it has to offer: a study without a number of trials ends after so many. Absent: no end. */
  readonly trials?: (space: CompiledSpace) => bigint;
  /** It works together with the pruner of the same id and options. */
  readonly prunes?: true;
}

/** The trials that train. */
export interface Population {
  readonly direction: Direction;
  readonly curves: readonly Curve[];
  /** The newest checkpoint of those that keep one, by number. */
  readonly checkpoints: ReadonlyMap<number, { readonly step: number; readonly params: FlatParams }>;
  /** The number of the trial that is asked for. */
  readonly next: number;
}

export interface Fork {
  readonly params: FlatParams;
  /** The number of the trial whose checkpoint, of this step, it begins with. */
  readonly from: number;
  readonly step: number;
}
