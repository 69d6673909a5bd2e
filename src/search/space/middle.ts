import { checkParams } from './codec.ts';
import type { CompiledSpace, FlatParam } from './compile.ts';
import { completeParams } from './complete-params.ts';
import { fitValue } from './leaf.ts';
import type { FlatParams } from './param.ts';

/**
 * Params with the given values and, for the others, the middle of the range: the geometric one of a log range, the middle one of a list of
 * choices (of two the first).
 * @throws AssayError `params_invalid` for a given value that does not fit, or whose parameter does not exist under the other values.
 */
export function middleParams(space: CompiledSpace, given: FlatParams): FlatParams {
  return checkParams(space, { ...completeParams(space, [given], middleOf).params, ...given });
}

function middleOf({ param }: FlatParam): number {
  if (param.type === 'choice') return Math.floor((param.choices.length - 1) / 2);
  const { low, high, log } = param;
  return fitValue(param, log ? Math.exp((Math.log(low) + Math.log(high)) / 2) : (low + high) / 2);
}
