import type { Rng } from '../../../core/rng.ts';
import { activeIn, decodeRow, encodeParams, type Row } from '../../space/codec.ts';
import type { CompiledSpace } from '../../space/compile.ts';
import { fits } from '../../space/leaf.ts';
import type { FlatParams } from '../../space/param.ts';
import { type History, wasTried } from '../../trial/history.ts';
import { defineSampler } from '../define-sampler.ts';
import { failsNearby } from '../failed-neighbours.ts';
import { type Axis, coordinatesOf, placeOf, valueOfPlace } from '../gp/coordinates.ts';
import { suggestUniform } from '../random/random.ts';
import { drawUniform } from '../random/uniform.ts';
import type { Sampler } from '../sampler.ts';
import { type Nsga2Options, nsga2Options } from './options.ts';
import { type Parent, populationOf } from './population.ts';
import { mutate, recombine } from './variation.ts';

/** Maximum number of further children after a refused one, and of uniform draws after these. */
const attempts = 10;

/**
 * NSGA-II (Deb, Pratap, Agarwal and Meyarivan 2002): each trial is the child of two good ones, its numbers recombined and slightly
 * mutated. For several objectives and large budgets; one objective works as well.
 */
export function createNsga2Sampler(options: Nsga2Options): Sampler {
  return { id: 'nsga2', suggest: (space, history, rng) => suggest(space, history, rng, options) };
}

function suggest(space: CompiledSpace, history: History, rng: Rng, options: Nsga2Options): FlatParams {
  const finished = history.observations.filter(({ state }) => state !== 'running').length;
  const parents = finished < options.population ? [] : populationOf(history, options.population);
  if (parents.length < 2) return suggestUniform(space, rng);
  const { axes } = coordinatesOf(space);
  const fails = failsNearby(space, history);
  // Duplicates add no information and would fill the population; near failed trials the next one is likely to fail as well.
  const refused = (params: FlatParams): boolean => wasTried(params, history) || fails?.(params) === true;
  const child = (): FlatParams => childOf(space, axes, parents, rng, options);
  return accepted(child, refused) ?? accepted(() => suggestUniform(space, rng), refused) ?? child();
}

function childOf(space: CompiledSpace, axes: readonly Axis[], parents: readonly Parent[], rng: Rng, options: Nsga2Options): FlatParams {
  const mother = genes(space, tournament(parents, rng));
  const father = genes(space, tournament(parents, rng));
  const crossed = rng.uniform() < options.crossoverRate;
  // A parameter that is inactive in one parent comes from the other or is drawn, since the child's choices may activate it.
  const row = Float64Array.from(space.params, ({ index, param }) => {
    const a = mother[index]!;
    const b = father[index]!;
    if (!Number.isNaN(a)) return a;
    return Number.isNaN(b) ? drawUniform(param, rng) : b;
  });
  if (crossed)
    for (const axis of axes) {
      const a = mother[axis.flat.index]!;
      const b = father[axis.flat.index]!;
      if (!Number.isNaN(a) && !Number.isNaN(b)) row[axis.flat.index] = crossover(axis, a, b, rng, options);
    }
  const active = activeIn(space, row);
  const existing = axes.filter(({ flat }) => active[flat.index] === 1);
  const rate = options.mutationRate ?? 1 / existing.length;
  for (const axis of existing) if (rng.uniform() < rate) row[axis.flat.index] = mutation(axis, row[axis.flat.index]!, rng, options);
  return decodeRow(space, row);
}

/** Returns the better of two random parents: by front, then by distance. */
function tournament(parents: readonly Parent[], rng: Rng): Parent {
  const a = parents[rng.int(parents.length)]!;
  const b = parents[rng.int(parents.length)]!;
  if (a.front !== b.front) return a.front < b.front ? a : b;
  return b.distance > a.distance ? b : a;
}

/** Returns a parent's values; NaN if inactive or out of range. */
function genes(space: CompiledSpace, { trial }: Parent): Row {
  const row = encodeParams(space, trial.params);
  for (const { index, param } of space.params) if (!fits(param, row[index]!)) row[index] = Number.NaN;
  return row;
}

function crossover(axis: Axis, a: number, b: number, rng: Rng, { crossover: kind, crossoverIndex }: Nsga2Options): number {
  if (axis.kind === 'choice' || kind === 'uniform') return rng.uniform() < 0.5 ? a : b;
  if (rng.uniform() < 0.5) return a;
  return valueOfPlace(axis, recombine(placeOf(axis, a), placeOf(axis, b), crossoverIndex, rng));
}

/** Returns another value: any other choice, or a number at least a step away if stepped. */
function mutation(axis: Axis, value: number, rng: Rng, { mutationIndex }: Nsga2Options): number {
  if (axis.kind === 'choice') return (value + 1 + rng.int(axis.cells - 1)) % axis.cells;
  const mutated = valueOfPlace(axis, mutate(placeOf(axis, value), mutationIndex, rng));
  if (mutated !== value || axis.param.step === null) return mutated;
  const { low, high, step } = axis.param;
  const up = value + step > high || (value - step >= low && rng.uniform() < 0.5);
  return valueOfPlace(axis, placeOf(axis, up ? value + step : value - step));
}

function accepted(make: () => FlatParams, refused: (params: FlatParams) => boolean): FlatParams | null {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const made = make();
    if (!refused(made)) return made;
  }
  return null;
}

/**
 * Evolution towards the whole Pareto front: for several objectives and budgets of several hundred trials.
 *
 * @example
 * ```ts
 * import { nsga2 } from 'assay';
 *
 * const sampler = nsga2({ population: 40 });
 * ```
 */
export const nsga2 = defineSampler({ id: 'nsga2', options: nsga2Options, create: createNsga2Sampler });
