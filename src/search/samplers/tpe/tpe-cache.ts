import type { CompiledSpace } from '../../space/compile.ts';
import type { Direction, History, Observation } from '../../trial/history.ts';
import { Columns } from './columns.ts';
import { Estimator } from './estimator.ts';
import type { TpeOptions } from './options.ts';
import { sides } from './split.ts';

/**
 * State of TPE that is kept between asks. It follows from the space, the options and the observations, so suggestions do not depend on
 * whether it existed before.
 */
export interface TpeCache {
  readonly columns: Columns;
  /** Returns the estimator of a group of parameters on one side of the split, in its state after the last ask. */
  readonly estimator: (group: readonly number[], side: number) => Estimator;
}

interface Entry extends TpeCache {
  readonly key: string;
}

/** Caches by the first finished trial, which stays the same object as long as its history lives. */
const known = new WeakMap<CompiledSpace, WeakMap<Observation, Entry>>();

/** @param history with at least one observation. */
export function tpeCacheOf(
  space: CompiledSpace,
  { direction, directions = [direction], observations }: History,
  options: TpeOptions,
): TpeCache {
  const first = observations.find(({ state }) => state !== 'running') ?? observations[0];
  const ofSpace = known.get(space) ?? new WeakMap<Observation, Entry>();
  known.set(space, ofSpace);
  const key = JSON.stringify([directions, options]);
  const former = ofSpace.get(first!);
  if (former?.key === key && former.columns.advance(observations)) return former;
  const entry = { key, ...createKnowledge(space, directions, options) };
  entry.columns.advance(observations);
  ofSpace.set(first!, entry);
  return entry;
}

function createKnowledge(space: CompiledSpace, directions: readonly Direction[], options: TpeOptions): TpeCache {
  const estimators = new Map<string, Estimator>();
  return {
    columns: new Columns(space, directions),
    estimator: (group, side) => {
      const key = `${side === sides.below ? 'below' : 'above'} ${group.join()}`;
      const estimator =
        estimators.get(key) ??
        new Estimator(
          group.map((index) => space.params[index]!),
          options,
        );
      estimators.set(key, estimator);
      return estimator;
    },
  };
}
