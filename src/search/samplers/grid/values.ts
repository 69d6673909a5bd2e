import { AssayError } from '../../../core/errors.ts';
import type { CompiledSpace, FlatParam } from '../../space/compile.ts';
import { gridValue, stepsBetween } from '../../space/decimal.ts';
import { fitValue } from '../../space/leaf.ts';
import type { FloatParam, IntParam } from '../../space/param.ts';
import type { GridOptions } from './options.ts';

/** Internal values of a parameter to try, ascending, computed on demand: a range may have more than fit in memory. */
export interface GridValues {
  readonly count: number;
  /** @param k from 0. */
  readonly at: (k: number) => number;
}

/** Maximum number of values of a parameter that others depend on, since each is enumerated. */
const mostParentValues = 10_000;

/**
 * Returns the values of each parameter, by its index.
 * @throws AssayError `study_invalid` for a continuous parameter without a number of points, for points of anything but a numeric
 *   parameter, and for too many values of a parameter that others depend on.
 */
export function valuesOf(space: CompiledSpace, points: GridOptions['points']): readonly GridValues[] {
  if (typeof points !== 'number')
    for (const name of Object.keys(points))
      if (space.byName.get(name)?.param.type === undefined || space.byName.get(name)?.param.type === 'choice')
        throw new AssayError('study_invalid', 'the space has no such numeric parameter', {
          place: `grid points.${name}`,
          hint: `numeric parameters: ${space.params.flatMap((flat) => (flat.param.type === 'choice' ? [] : [flat.name])).join(', ') || 'none'}`,
        });
  const parents = new Set(space.params.flatMap(({ guards }) => guards.map(({ param }) => param)));
  return space.params.map((flat) => {
    const values = valuesOfOne(flat, points);
    if (parents.has(flat.index) && values.count > mostParentValues)
      throw new AssayError('study_invalid', `${values.count} values are too many for a parameter that others depend on`, {
        place: flat.name,
        hint: `try at most ${mostParentValues} of them: grid({ points: { ${JSON.stringify(flat.name)}: 5 } })`,
      });
    return values;
  });
}

function valuesOfOne({ name, param, single }: FlatParam, points: GridOptions['points']): GridValues {
  if (param.type === 'choice') return { count: param.choices.length, at: (k) => k };
  if (single) return listed([param.low]);
  const limit = typeof points === 'number' ? points : Object.hasOwn(points, name) ? points[name]! : Number.POSITIVE_INFINITY;
  const all = param.step === null ? Number.POSITIVE_INFINITY : stepsBetween(param.low, param.high, param.step) + 1;
  if (limit < all) return listed(spread(param, limit));
  if (param.step === null)
    throw new AssayError('study_invalid', 'a continuous parameter has infinitely many values', {
      place: name,
      hint: `give it a step, or set the number of values: grid({ points: { ${JSON.stringify(name)}: 5 } })`,
    });
  const { low, step } = param;
  return { count: all, at: (k) => gridValue(low, step, k) };
}

function listed(values: readonly number[]): GridValues {
  return { count: values.length, at: (k) => values[k]! };
}

/** Returns values evenly spaced on the parameter's scale; fewer than `count` if several round to the same value. */
function spread(param: FloatParam | IntParam, count: number): readonly number[] {
  const { low, high, log } = param;
  const [from, to] = log ? [Math.log(low), Math.log(high)] : [low, high];
  const at = (k: number): number => {
    if (count > 1 && k === 0) return low;
    if (count > 1 && k === count - 1) return high;
    const place = from + (to - from) * (count === 1 ? 0.5 : k / (count - 1));
    return fitValue(param, log ? Math.exp(place) : place);
  };
  return [...new Set(Array.from({ length: count }, (_, k) => at(k)))];
}
