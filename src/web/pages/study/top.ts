import type { ParamValue } from '../../parts/parameters.ts';

/** Number of columns of parameters that fit beside a value. */
const mostColumns = 8;

/** Parameters in which trials differ, in the order in which they first occur: those that are shown, and how many there are. */
export function varyingNames(trials: readonly Readonly<Record<string, ParamValue>>[]): {
  readonly shown: readonly string[];
  readonly varying: number;
} {
  const names = [...new Set(trials.flatMap((params) => Object.keys(params)))];
  const varying = names.filter((name) => new Set(trials.map((params) => (name in params ? JSON.stringify(params[name]) : null))).size > 1);
  return { shown: varying.slice(0, mostColumns), varying: varying.length };
}
