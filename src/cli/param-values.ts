import { InvalidArgumentError } from 'commander';
import type { ChoiceValue, FlatParams } from '../search/space/param.ts';

/** `name=value`, beside those that were given before. Numbers, true, false and null are read as such; everything else, and what stands in double quotes, is text. */
export function paramValue(text: string, before: FlatParams = {}): FlatParams {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It takes name=value, such as lr=1e-3.');
  return { ...before, [text.slice(0, at)]: choiceOf(text.slice(at + 1)) };
}

function choiceOf(text: string): ChoiceValue {
  if (text !== '' && Number.isFinite(Number(text))) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  return /^".*"$/.test(text) ? text.slice(1, -1) : text;
}
