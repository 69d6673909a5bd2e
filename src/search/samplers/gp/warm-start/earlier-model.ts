import { createRng } from '../../../../core/rng.ts';
import { encodeValue } from '../../../space/leaf.ts';
import type { FlatParams } from '../../../space/param.ts';
import type { EarlierStudy } from '../../../trial/history.ts';
import { type Axis, absent, type Coordinates, type Point, placeOf } from '../coordinates.ts';
import { fitHyperparameters } from '../fit.ts';
import { layoutOf } from '../hyperparameters.ts';
import { formOf, thinned } from '../model.ts';
import type { GpPolicy } from '../policy.ts';
import { condition, type Process } from '../process.ts';
import { rankedTrials } from '../ranked-trials.ts';
import { scaledTargets } from '../targets.ts';

/** Number of an earlier study's trials in its model: the better half and an even selection of the others. */
const capacity = 80;

/** What an earlier study says of the new space. */
export interface EarlierModel {
  /** Of its values, larger is better, with mean 0 and deviation 1 over its trials. */
  readonly process: Process;
  /** Returns the point as the earlier study would see it: parameters that it did not have are all the same. */
  readonly seen: (point: Point) => Point;
  /** Its points, best first. */
  readonly points: readonly Point[];
}

/** Models by study, space and policy; an earlier study does not change. */
const models = new WeakMap<EarlierStudy, WeakMap<Coordinates['space'], Map<string, EarlierModel | null>>>();

/** @returns null if the earlier study shares no parameter with the space, or no process can be built of its trials. */
export function earlierModel(study: EarlierStudy, coordinates: Coordinates, policy: GpPolicy): EarlierModel | null {
  const bySpace = models.get(study) ?? new WeakMap<Coordinates['space'], Map<string, EarlierModel | null>>();
  models.set(study, bySpace);
  const byPolicy = bySpace.get(coordinates.space) ?? new Map<string, EarlierModel | null>();
  bySpace.set(coordinates.space, byPolicy);
  const known = byPolicy.get(policy.key);
  if (known !== undefined) return known;
  const made = modelOf(study, coordinates, policy);
  byPolicy.set(policy.key, made);
  return made;
}

function modelOf(study: EarlierStudy, coordinates: Coordinates, policy: GpPolicy): EarlierModel | null {
  const { axes } = coordinates;
  const shared = axes.map((axis) => study.trials.some(({ params }) => placeIn(axis, params) !== null));
  if (!shared.includes(true)) return null;
  const at = (params: FlatParams): Point => Float64Array.from(axes, (axis) => placeIn(axis, params) ?? absent(axis));
  const observations = study.trials.map((trial, number) => ({ state: 'complete' as const, number, ...trial }));
  // One objective: nothing is drawn.
  const ranked = thinned(rankedTrials({ direction: study.direction, observations }, at, createRng('earlier')), capacity);
  if (ranked.length < 2) return null;
  const { targets } = scaledTargets(
    Float64Array.from(ranked, ({ loss }) => loss),
    policy.output,
  );
  const form = formOf(coordinates, policy);
  const points = ranked.map(({ point }) => point);
  const data = { points, targets };
  const { hyperparameters } = fitHyperparameters(form, data, form.prior.starts(layoutOf(form)), policy.fitEvaluations);
  const process = condition(form, hyperparameters, data);
  if (process === null) return null;
  const seen = (point: Point): Point => (shared.includes(false) ? point.map((place, j) => (shared[j]! ? place : absent(axes[j]!))) : point);
  return { process, seen, points };
}

/** Values so far outside of the new range, in ranges, say nothing more. */
const furthest = 1;

/** Returns the place of a trial's value on an axis, which may lie outside of [0, 1] (null: no such value, or none that the axis can tell). */
function placeIn(axis: Axis, params: FlatParams): number | null {
  const { name, param } = axis.flat;
  const internal = encodeValue(param, Object.hasOwn(params, name) ? params[name] : undefined);
  const place = placeOf(axis, internal);
  // A value without a logarithm: not a number, or infinite.
  if (!Number.isFinite(place)) return null;
  return axis.kind === 'choice' ? place : Math.min(Math.max(place, -furthest), 1 + furthest);
}
