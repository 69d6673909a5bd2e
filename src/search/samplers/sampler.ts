import type { Rng } from '../../core/rng.ts';
import type { CompiledSpace } from '../space/compile.ts';
import type { FlatParams } from '../space/param.ts';
import type { History } from '../trial/history.ts';

/** A pure function of (space, history, rng): it keeps nothing, reads no clock and no database. */
export interface Sampler {
  /** Stored with the study: `tpe`, `random`. */
  readonly id: string;
  /** It cannot search for several objectives. Constraints are every sampler's business. */
  readonly singleObjective?: true;
  /** It has to know which trials there are, whatever became of them: no pruner keeps any from it. */
  readonly needsAll?: true;
  /** Every parameter that is active under the suggested choices, and no other; all inside their ranges. */
  readonly suggest: (space: CompiledSpace, history: History, rng: Rng) => FlatParams;
}
