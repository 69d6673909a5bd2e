import { InvalidArgumentError } from 'commander';
import { writtenValue } from '../search/space/literal.ts';
import type { FlatParams } from '../search/space/param.ts';

/** `name=value`, beside those that were given before; values as {@link writtenValue} reads them. */
export function paramValue(text: string, before: FlatParams = {}): FlatParams {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It takes name=value, such as lr=1e-3.');
  return { ...before, [text.slice(0, at)]: writtenValue(text.slice(at + 1)) };
}
