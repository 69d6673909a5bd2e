import type { ChoiceValue, FlatParams, SpaceJson } from '../../../src/search/space/param.ts';
import { compileFormula } from './formula.ts';
import { knownFunctions } from './known-functions.ts';
import { surrogates } from './surrogates.ts';

/** A test function: its value at flat params. */
export type Objective = (params: FlatParams) => number;

/** A parameter as the function files write it. */
interface FileParam {
  readonly name: string;
  readonly type: 'float' | 'int' | 'categorical';
  readonly low?: number;
  readonly high?: number;
  readonly log?: boolean;
  readonly step?: number | null;
  readonly choices?: readonly ChoiceValue[];
  readonly cond: readonly [string, readonly ChoiceValue[]] | null;
}

export interface FileFunction {
  readonly space: readonly FileParam[];
  readonly formula: string;
  readonly optimum_if_known: number | null;
  readonly direction: 'minimize' | 'maximize';
}

/** Returns the JSON form of a file's space. */
export function spaceOf({ space }: FileFunction): SpaceJson {
  return Object.fromEntries(
    space.map(({ name, type, low, high, log, step, choices, cond }) => {
      const when = cond === null ? {} : { when: { param: cond[0], in: cond[1] } };
      if (type === 'categorical') return [name, { type: 'choice', choices: choices ?? [], ...when }];
      const steps = step === null || step === undefined || (type === 'int' && log === true) ? {} : { step };
      return [name, { type, low: low!, high: high!, ...(log === true ? { log } : {}), ...steps, ...when }];
    }),
  );
}

/**
 * Returns the function of a file: its formula if that is plain mathematics, a function written out under its full name, Hartmann's with
 * the matrices of the text, or a known one by the prefix of its name, unless it is shifted or rotated.
 * @returns null if none of these apply.
 */
export function objectiveOf(name: string, { formula, space }: FileFunction): Objective | null {
  const names = space.map((param) => param.name);
  const vector = (params: FlatParams): readonly number[] => names.map((param) => Number(params[param]));
  const written = Object.hasOwn(surrogates, name) ? surrogates[name]! : null;
  if (written !== null) return written;
  const compiled = compileFormula(formula, names);
  if (compiled !== null) return (params) => compiled(params as Readonly<Record<string, number>>);
  const hartmann = hartmannOf(formula);
  if (hartmann !== null) return (params) => hartmann(vector(params));
  const key = Object.keys(knownFunctions).find((known) => name.replaceAll('_', '').startsWith(known));
  if (key === undefined || /shift|rotat|noisy|cat|mixed/.test(name)) return null;
  return (params) => knownFunctions[key]!.f(vector(params));
}

function hartmannOf(formula: string): ((x: readonly number[]) => number) | null {
  const part = (symbol: string): unknown => {
    const match = new RegExp(`${symbol}=(\\[(?:[^\\[\\]]|\\[[^\\]]*\\])*\\])`).exec(formula);
    return match === null ? null : JSON.parse(match[1]!);
  };
  if (!/hartmann/i.test(formula)) return null;
  const alpha = part('alpha') as number[] | null;
  const a = part('A') as number[][] | null;
  const p = part('P') as number[][] | null;
  if (alpha === null || a === null || p === null) return null;
  return (x) =>
    -alpha.reduce((total, weight, i) => total + weight * Math.exp(-a[i]!.reduce((s, aij, j) => s + aij * (x[j]! - p[i]![j]!) ** 2, 0)), 0);
}
