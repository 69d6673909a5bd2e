import type { ChoiceValue, SpaceJson } from '../../src/search/space/param.ts';

/** A parameter as golden files describe it. */
export type GoldenParam =
  | { readonly type: 'float' | 'int'; readonly low: number; readonly high: number; readonly log: boolean; readonly step: number | null }
  | { readonly type: 'categorical'; readonly choices: readonly ChoiceValue[] };

/** A golden file's search space in our JSON form. */
export function spaceOf(space: Readonly<Record<string, GoldenParam>>): SpaceJson {
  return Object.fromEntries(
    Object.entries(space).map(([name, param]) => {
      if (param.type === 'categorical') return [name, { type: 'choice', choices: param.choices }];
      const { type, low, high, log, step } = param;
      // The reference takes a step wider than the range for a single value; we refuse to declare one, but know what it means.
      if (step !== null && high - low < step) return [name, { type, low, high: low }];
      return [name, { type, low, high, ...(log && { log }), ...(step !== null && !(type === 'int' && log) && { step }) }];
    }),
  );
}
