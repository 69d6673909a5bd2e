import type { ChoiceValue, SpaceJson } from '../../src/search/space/param.ts';

/** A parameter as golden files describe it. */
export type GoldenParam =
  | { readonly type: 'float' | 'int'; readonly low: number; readonly high: number; readonly log: boolean; readonly step: number | null }
  | { readonly type: 'categorical'; readonly choices: readonly ChoiceValue[] };

/** Converts a golden file's search space to the JSON form of spaces. */
export function spaceOf(space: Readonly<Record<string, GoldenParam>>): SpaceJson {
  return Object.fromEntries(
    Object.entries(space).map(([name, param]) => {
      if (param.type === 'categorical') return [name, { type: 'choice', choices: param.choices }];
      const { type, low, high, log, step } = param;
      // The reference treats a step wider than the range as a single value; here a space cannot declare one.
      if (step !== null && high - low < step) return [name, { type, low, high: low }];
      return [name, { type, low, high, ...(log && { log }), ...(step !== null && !(type === 'int' && log) && { step }) }];
    }),
  );
}
