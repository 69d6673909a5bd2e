import type { CompiledSpace } from '../../space/compile.ts';
import type { Observation } from '../../trial/history.ts';

/** Hyperparameters are refitted from scratch every 5 finished trials and warm-started in between. */
const refitEvery = 5;
/** Number of finished trials below which every fit starts from scratch. */
const refitAlwaysBelow = 25;

/**
 * Returns the trials of the last fit from scratch: the first n, where n is the last multiple of `refitEvery`. It depends on the history
 * only, so a suggestion is the same whether or not the process has been asked before.
 */
export function trialsOfLastFit(finished: readonly Observation[]): readonly Observation[] {
  const count = finished.length < refitAlwaysBelow ? finished.length : finished.length - (finished.length % refitEvery);
  return finished.slice(0, count);
}

interface Memory {
  readonly trials: readonly Observation[];
  readonly logs: Float64Array;
}

/** Last fit by the first finished trial, which stays the same object as long as its history lives, then by `what`. */
const memories = new WeakMap<CompiledSpace, WeakMap<Observation, Map<string, Memory>>>();

/**
 * Returns the result of `make` for these trials; the latest result is cached.
 * @param what distinguishes fits to the same trials.
 */
export function cachedFit(space: CompiledSpace, what: string, trials: readonly Observation[], make: () => Float64Array): Float64Array {
  const [first] = trials;
  if (first === undefined) return make();
  const ofSpace = memories.get(space) ?? new WeakMap<Observation, Map<string, Memory>>();
  memories.set(space, ofSpace);
  const known = ofSpace.get(first) ?? new Map<string, Memory>();
  ofSpace.set(first, known);
  const former = known.get(what);
  if (former?.trials.length === trials.length && former.trials.every((trial, i) => trial === trials[i])) return former.logs;
  const logs = make();
  known.set(what, { trials, logs });
  return logs;
}
