import { activeIn } from './codec.ts';
import type { CompiledSpace, FlatParam } from './compile.ts';
import { decodeValue, encodeValue, fits } from './leaf.ts';
import type { ChoiceValue, FlatParams } from './param.ts';

export interface CompletedParams {
  /** Values of the parameters that exist, in the order of the space. */
  readonly params: FlatParams;
  /** Parameters that exist and have no value. Parameters that depend on them are not listed. */
  readonly missing: readonly string[];
}

/**
 * Combines parameters from several sources: each takes the first value that fits, else the internal value that `draw` returns. Values of
 * parameters that do not exist under the values chosen so far are ignored.
 */
export function completeParams(
  space: CompiledSpace,
  sources: readonly FlatParams[],
  draw: ((param: FlatParam) => number) | null = null,
): CompletedParams {
  const row = new Float64Array(space.params.length).fill(Number.NaN);
  const params: Record<string, ChoiceValue> = {};
  const missing: string[] = [];
  // Guards point to smaller indices: the parameters that a guard depends on are chosen before.
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
