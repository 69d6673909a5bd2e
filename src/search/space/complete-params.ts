import { activeIn } from './codec.ts';
import type { CompiledSpace, FlatParam } from './compile.ts';
import { decodeValue, encodeValue, fits } from './leaf.ts';
import type { ChoiceValue, FlatParams } from './param.ts';

export interface CompletedParams {
  /** In the order of the space: the parameters that exist and have a value. */
  readonly params: FlatParams;
  /** Those that exist and have none. What exists only under them is not known. */
  readonly missing: readonly string[];
}

/**
 * Parameters put together from several sources: each has the value of the first source that has one that fits, else what `draw` gives as
 * an internal value. A source's parameters that do not exist under the values chosen so far are passed over.
 */
export function completeParams(
  space: CompiledSpace,
  sources: readonly FlatParams[],
  draw: ((param: FlatParam) => number) | null = null,
): CompletedParams {
  const row = new Float64Array(space.params.length).fill(Number.NaN);
  const params: Record<string, ChoiceValue> = {};
  const missing: string[] = [];
  // Guards point to smaller indices: what decides whether a parameter exists is chosen before it.
  for (const flat of space.params) {
    if (activeIn(space, row)[flat.index] === 0) continue;
    const { index, name, param } = flat;
    const found = sources
      .filter((source) => Object.hasOwn(source, name))
      .map((source) => encodeValue(param, source[name]))
      .find((internal) => fits(param, internal));
    const internal = found ?? draw?.(flat);
    if (internal === undefined) missing.push(name);
    else {
      row[index] = internal;
      params[name] = decodeValue(param, internal);
    }
  }
  return { params, missing };
}
