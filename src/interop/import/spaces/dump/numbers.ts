import type { SpaceFile } from '../space-file.ts';
import type { DumpCall } from './node.ts';

/**
 * Returns the arguments of a distribution.
 * @throws AssayError `space_invalid` if they are not this many finite numbers
 */
export function numbersOf({ call, args }: DumpCall, names: readonly string[], keys: readonly string[], file: SpaceFile): readonly number[] {
  const numbers = args.filter((arg): arg is number => typeof arg === 'number' && Number.isFinite(arg));
  if (numbers.length === args.length && numbers.length === names.length) return numbers;
  throw file.wrong(keys, `${call} takes ${names.join(', ')} as numbers`, 'computed arguments cannot be read: write numbers into the space');
}

/** @throws AssayError `space_invalid` for a step that is not above 0 */
export function stepOf(q: number, keys: readonly string[], file: SpaceFile): number {
  if (q > 0) return q;
  throw file.wrong(keys, `the step ${q} is not above 0`, 'write a positive q');
}
