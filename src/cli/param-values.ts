import { InvalidArgumentError } from 'commander';
import { isReservedKey } from '../core/reserved-keys.ts';
import { writtenValue } from '../search/space/literal.ts';
import type { FlatParams } from '../search/space/param.ts';

/** `name=value`, beside those that were given before; values as {@link writtenValue} reads them. */
export function paramValue(text: string, before: FlatParams = {}): FlatParams {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It takes name=value, such as lr=1e-3.');
  const name = text.slice(0, at);
  if (isReservedKey(name)) throw new InvalidArgumentError(`${name} cannot be the name of a parameter.`);
  return { ...before, [name]: writtenValue(text.slice(at + 1)) };
}
