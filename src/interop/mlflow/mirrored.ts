import { compileSpace } from '../../search/space/compile.ts';
import type { ParamJson } from '../../search/space/param.ts';

/** What the texts of parameters are for charts: those that read as a number or a truth value, under names that a space can have. */
export function mirrored(params: readonly { readonly key: string; readonly value: string }[]): Readonly<Record<string, number | boolean>> {
  return Object.fromEntries(
    params.flatMap(({ key, value }) => {
      const read = figureOf(value);
      return read === null || !isName(key) ? [] : [[key, read] as const];
    }),
  );
}

/** Python writes True and False. */
const truths: Readonly<Record<string, boolean>> = { true: true, True: true, false: false, False: false };

function figureOf(text: string): number | boolean | null {
  if (Object.hasOwn(truths, text)) return truths[text]!;
  if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?$/.test(text)) return null;
  const number = Number(text);
  return Number.isFinite(number) ? number + 0 : null;
}

function isName(name: string): boolean {
  try {
    compileSpace({ [name]: { type: 'float', low: 0, high: 1 } });
    return true;
  } catch {
    return false;
  }
}

/**
 * The space of a study widened so that it holds what a run had: numbers as ranges, truth values as choices. A parameter that was of the other
 * kind before keeps its kind.
 * @returns null: it holds them already
 */
export function widenedSpace(
  space: Readonly<Record<string, ParamJson>>,
  params: Readonly<Record<string, number | boolean>>,
): Readonly<Record<string, ParamJson>> | null {
  const wide: Record<string, ParamJson> = { ...space };
  let grew = false;
  for (const [name, value] of Object.entries(params)) {
    const known = Object.hasOwn(wide, name) ? wide[name] : undefined;
    if (typeof value === 'boolean') {
      if (known !== undefined) continue;
      wide[name] = { type: 'choice', choices: [false, true] };
    } else if (known === undefined) {
      wide[name] = { type: 'float', low: value, high: value };
    } else {
      if (known.type !== 'float' || (known.low <= value && value <= known.high)) continue;
      wide[name] = { type: 'float', low: Math.min(known.low, value), high: Math.max(known.high, value) };
    }
    grew = true;
  }
  return grew ? wide : null;
}
