import { value } from '../../../plot/format.ts';

export type ParamValue = string | number | boolean | null | undefined;

/** A parameter's value as text; one that a trial does not have is a dash. */
export function parameterText(given: ParamValue): string {
  if (given === undefined) return value(null);
  return typeof given === 'number' ? value(given) : String(given);
}
