import { AssayError } from '../../../core/errors.ts';
import { canonicalJson } from '../../../core/json.ts';
import type { Rng } from '../../../core/rng.ts';
import { decodeRow } from '../../space/codec.ts';
import type { CompiledSpace } from '../../space/compile.ts';
import { encodeValue, fits } from '../../space/leaf.ts';
import type { FlatParams } from '../../space/param.ts';
import type { History } from '../../trial/history.ts';
import { defineSampler } from '../define-sampler.ts';
import { failsAmong, newestTrials } from '../failed-neighbours.ts';
import { type Axis, coordinatesOf, placeOf, valueOfPlace } from '../gp/coordinates.ts';
import type { Sampler } from '../sampler.ts';
import { tpeOptions } from '../tpe/options.ts';
import { createTpeSampler } from '../tpe/tpe.ts';
import { drawFrom } from './distribution.ts';
import { type CmaesOptions, cmaesOptions } from './options.ts';
import { type Replayed, replay, startReplay } from './replay.ts';
import type { Setting } from './run.ts';

/**
 * Covariance matrix adaptation (Hansen 2016, arXiv:1604.00772): draws from a normal distribution that follows the better trials of each
 * generation. It searches the numeric parameters that are always active; choices, branches and their dependents are suggested by TPE from
 * the same trials.
 *
 * Stateless: the distribution is computed from the history, see replay.ts.
 */
export function createCmaesSampler(options: CmaesOptions): Sampler {
  return { id: 'cmaes', singleObjective: true, suggest: (space, history, rng) => suggest(space, history, rng, options) };
}

const tpe = createTpeSampler(tpeOptions.parse({}));

function suggest(space: CompiledSpace, history: History, rng: Rng, options: CmaesOptions): FlatParams {
  if ((history.directions?.length ?? 1) > 1)
    throw new AssayError('study_invalid', 'cmaes supports one objective only', {
      place: 'sampler',
      hint: 'use nsga2, tpe or auto for several objectives',
    });
  const { axes, rest, replays } = partsOf(space);
  const row = new Float64Array(space.params.length).fill(Number.NaN);
  if (axes.length > 0) {
    const replayed = replayedTo(space, history, axes, replays, options);
    const point = pointIn(replayed, axes, rng);
    axes.forEach((axis, i) => {
      row[axis.flat.index] = valueOfPlace(axis, point[i]!);
    });
  }
  const others = rest.params.length === 0 ? {} : tpe.suggest(rest, history, rng);
  for (const { name } of rest.params) {
    const { index, param } = space.byName.get(name)!;
    row[index] = encodeValue(param, others[name]);
  }
  return decodeRow(space, row);
}

interface Parts {
  /** Numeric parameters that are always active. */
  readonly axes: readonly Axis[];
  /** All other parameters, as a space without conditions; `decodeRow` drops the inactive ones. */
  readonly rest: CompiledSpace;
  /** Replays by options, direction and seed. */
  readonly replays: Map<string, Replayed>;
}

const parts = new WeakMap<CompiledSpace, Parts>();

function partsOf(space: CompiledSpace): Parts {
  const known = parts.get(space);
  if (known !== undefined) return known;
  const axes = coordinatesOf(space).axes.filter(({ kind, flat }) => kind === 'numeric' && flat.guards.length === 0);
  const joint = new Set(axes.map(({ flat }) => flat.index));
  const params = space.params.filter(({ index }) => !joint.has(index)).map((flat, index) => ({ ...flat, index, guards: [] }));
  const byName = new Map(params.map((flat) => [flat.name, flat]));
  const made: Parts = { axes, rest: { ...space, params, byName, hash: `${space.hash} without cmaes` }, replays: new Map() };
  parts.set(space, made);
  return made;
}

function replayedTo(
  space: CompiledSpace,
  history: History,
  axes: readonly Axis[],
  replays: Map<string, Replayed>,
  options: CmaesOptions,
): Replayed {
  const { direction, seed = 0 } = history;
  const setting: Setting = { axes, direction, seed, options, start: startOf(axes, options) };
  const key = canonicalJson([direction, seed, options]);
  const replayed = replays.get(key) ?? startReplay(setting);
  replays.set(key, replayed);
  replay(replayed, space, history, setting);
  return replayed;
}

/**
 * Returns the start of the first run in the unit cube.
 * @throws AssayError `params_invalid` for a start that is not in the space.
 */
function startOf(axes: readonly Axis[], { x0 }: CmaesOptions): Float64Array {
  for (const [name, value] of Object.entries(x0)) {
    const axis = axes.find(({ flat }) => flat.name === name);
    if (axis !== undefined && fits(axis.param, value)) continue;
    throw new AssayError('params_invalid', axis === undefined ? 'not a numeric parameter that is always active' : `${value} does not fit`, {
      place: `cmaes x0.${name}`,
      hint: `x0 may name ${axes.map(({ flat }) => flat.name).join(', ') || 'nothing in this space'}, within their ranges`,
    });
  }
  return Float64Array.from(axes, (axis) => (Object.hasOwn(x0, axis.flat.name) ? placeOf(axis, x0[axis.flat.name]!) : 0.5));
}

/**
 * Draws a point inside the unit cube, again while a continuous coordinate is outside or trials nearby failed. After the last attempt the
 * point is clamped to the cube; if trials near it failed, points are drawn uniformly, and the run may continue from there.
 */
function pointIn({ members, runs }: Replayed, axes: readonly Axis[], rng: Rng): Float64Array {
  const { distribution } = runs.at(-1)!.run;
  const attempts = 10 * axes.length;
  const inside = (point: Float64Array): Float64Array => point.map((place) => Math.min(Math.max(place, 0), 1));
  const outside = (point: Float64Array): boolean =>
    axes.some(({ cells }, i) => cells === Number.POSITIVE_INFINITY && !(point[i]! >= 0 && point[i]! <= 1));
  const fails = failsAmong(
    axes,
    members.slice(-newestTrials).map(({ trial, point }) => ({ point, failed: trial.state === 'failed' })),
  );
  let point = drawFrom(distribution, rng.normal);
  for (let attempt = 0; attempt < attempts && (outside(point) || fails?.(inside(point)) === true); attempt++)
    point = drawFrom(distribution, rng.normal);
  point = inside(point);
  for (let attempt = 0; attempt < attempts && fails?.(point) === true; attempt++) point = Float64Array.from(axes, () => rng.uniform());
  return point;
}

/**
 * Covariance matrix adaptation: for numeric parameters that interact and budgets of a hundred trials and more.
 *
 * @example
 * ```ts
 * import { cmaes } from 'assay';
 *
 * const sampler = cmaes({ restarts: 'bipop', x0: { lr: 1e-3 } });
 * ```
 */
export const cmaes = defineSampler({ id: 'cmaes', options: cmaesOptions, create: createCmaesSampler });
