import { AssayError } from '../../../core/errors.ts';
import type { CompiledSpace, FlatParam } from '../../space/compile.ts';
import { gridValue, stepsBetween } from '../../space/decimal.ts';
import { fitValue } from '../../space/leaf.ts';
import type { FloatParam, IntParam } from '../../space/param.ts';
import type { GridOptions } from './options.ts';

/**
 * The internal values of each parameter to try, ascending, by its index.
 * @throws AssayError `study_invalid` for a continuous parameter without a number of points, or points for what has none.
 */
export function valuesOf(space: CompiledSpace, points: GridOptions['points']): readonly (readonly number[])[] {
  if (typeof points !== 'number')
    for (const name of Object.keys(points))
      if (space.byName.get(name)?.param.type === undefined || space.byName.get(name)?.param.type === 'choice')
        throw new AssayError('study_invalid', 'the space has no such numeric parameter', {
          place: `grid points.${name}`,
          hint: `numeric are ${space.params.flatMap((flat) => (flat.param.type === 'choice' ? [] : [flat.name])).join(', ') || 'none'}`,
        });
  return space.params.map((flat) => valuesOfOne(flat, points));
}

function valuesOfOne({ name, param, single }: FlatParam, points: GridOptions['points']): readonly number[] {
  if (param.type === 'choice') return param.choices.map((_, i) => i);
  if (single) return [param.low];
  const limit = typeof points === 'number' ? points : Object.hasOwn(points, name) ? points[name]! : Number.POSITIVE_INFINITY;
  const all = param.step === null ? Number.POSITIVE_INFINITY : stepsBetween(param.low, param.high, param.step) + 1;
  if (limit < all) return spread(param, limit);
  if (param.step === null)
    throw new AssayError('study_invalid', 'a continuous parameter has no end of values', {
      place: name,
      hint: `give it a step, or say how many values to try: grid({ points: { ${JSON.stringify(name)}: 5 } })`,
    });
  const { low, step } = param;
  return Array.from({ length: all }, (_, k) => gridValue(low, step, k));
}

/** Evenly spaced on the parameter's scale; fewer than asked for where several are rounded to the same. */
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
