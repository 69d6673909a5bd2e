import type { CompiledSpace } from '../../space/compile.ts';
import type { Observation } from '../../trial/history.ts';

/** Fits are made anew at every so many finished trials, and only corrected between. */
const refitEvery = 5;
/** Below so many trials every fit is a new one. */
const refitAlwaysBelow = 25;

/**
 * The trials whose fit is where that of all `finished` ones begins: as many as the last multiple of the stride. It depends on
 * nothing but the history, so an ask is the same whether or not the process has asked before.
 */
export function trialsOfLastFit(finished: readonly Observation[]): readonly Observation[] {
  const count = finished.length < refitAlwaysBelow ? finished.length : finished.length - (finished.length % refitEvery);
  return finished.slice(0, count);
}

interface Memory {
  readonly trials: readonly Observation[];
  readonly logs: Float64Array;
}

/** By the first finished trial, which stays the same object for as long as its history lives; then by what was fitted. */
const memories = new WeakMap<CompiledSpace, WeakMap<Observation, Map<string, Memory>>>();

/**
 * What `make` finds for these trials. The latest one is remembered.
 * @param what tells fits to the same trials apart.
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
