import { encodeParams } from '../space/codec.ts';
import type { CompiledSpace } from '../space/compile.ts';
import type { FlatParams } from '../space/param.ts';
import type { History } from '../trial/history.ts';
import { type Axis, coordinatesOf, type Point, pointOf } from './gp/coordinates.ts';

/** A finished trial, and whether it failed. */
export interface EndedPoint {
  readonly point: Point;
  readonly failed: boolean;
}

/** Number of nearest trials that decide; a single failure, which may be chance, decides nothing. */
const neighbours = 3;
/** Number of newest finished trials considered, so that the time of an ask does not grow with the study. */
export const newestTrials = 1000;

/**
 * Returns a predicate that is true for params with which a trial is likely to fail: most of the nearest finished trials failed (the
 * k-nearest-neighbour rule, Cover and Hart 1967). For samplers without a model of the whole space.
 * @returns null if no trial failed.
 */
export function failsNearby(space: CompiledSpace, { observations }: History): ((params: FlatParams) => boolean) | null {
  if (!observations.some(({ state }) => state === 'failed')) return null;
  const coordinates = coordinatesOf(space);
  const at = (params: FlatParams): Point | null => pointOf(coordinates, encodeParams(space, params));
  const finished = observations.filter(({ state }) => state !== 'running').slice(-newestTrials);
  const ended = finished.flatMap(({ state, params }): readonly EndedPoint[] => {
    const point = at(params);
    return point === null ? [] : [{ point, failed: state === 'failed' }];
  });
  const fails = failsAmong(coordinates.axes, ended);
  if (fails === null) return null;
  return (params) => {
    const point = at(params);
    return point !== null && fails(point);
  };
}

/** The same for points of the given axes. Two different choices are a whole range apart. */
export function failsAmong(axes: readonly Axis[], ended: readonly EndedPoint[]): ((point: Point) => boolean) | null {
  if (countFailed(ended) === 0) return null;
  const choices = axes.map(({ kind }) => kind === 'choice');
  return (point) => {
    const nearest: { readonly distance: number; readonly failed: boolean }[] = [];
    for (const { point: other, failed } of ended) {
      let distance = 0;
      for (let j = 0; j < choices.length; j++) distance += choices[j]! ? Number(point[j] !== other[j]) : (point[j]! - other[j]!) ** 2;
      if (nearest.length === neighbours && distance >= nearest.at(-1)!.distance) continue;
      const place = nearest.findIndex((one) => distance < one.distance);
      nearest.splice(place < 0 ? nearest.length : place, 0, { distance, failed });
      nearest.length = Math.min(nearest.length, neighbours);
    }
    // If the same point was tried, only its trials count.
    const same = nearest.filter(({ distance }) => distance === 0);
    const deciding = same.length > 0 ? same : nearest;
    return 2 * countFailed(deciding) > Math.max(deciding.length, same.length > 0 ? 0 : neighbours);
  };
}

function countFailed(trials: readonly { readonly failed: boolean }[]): number {
  return trials.reduce((count, { failed }) => count + Number(failed), 0);
}
