import { AssayError } from '../../core/errors.ts';
import { encodeValue, fits } from './leaf.ts';
import type { ChoiceValue, LeafParam, Param, SpaceShape } from './param.ts';

/** A parameter under its flat name; its guards refer to others by name. */
export interface Draft {
  readonly param: LeafParam;
  readonly guards: readonly DraftGuard[];
}

interface DraftGuard {
  readonly param: string;
  readonly values: readonly ChoiceValue[];
}

/** Flattens a shape: branches and lists become guards. */
export function collect(shape: SpaceShape, prefix: string, guards: readonly DraftGuard[], into: Map<string, Draft>): void {
  for (const [key, param] of Object.entries(shape)) {
    const name = prefix + key;
    if (into.has(name))
      throw new AssayError('space_invalid', `two parameters have the flat name ${name}`, {
        place: name,
        hint: "rename one: a branch's parameters are called <branch>.<case>.<parameter>, a list's <list>.<item>.<parameter>",
      });
    const own =
      param.when === undefined
        ? []
        : [{ param: Object.hasOwn(shape, param.when.param) ? prefix + param.when.param : param.when.param, values: param.when.in }];
    into.set(name, { param: leafOf(param), guards: [...guards, ...own] });
    if (param.type === 'branch')
      for (const [caseName, caseShape] of Object.entries(param.cases))
        collect(caseShape, `${name}.${caseName}.`, [{ param: name, values: [caseName] }], into);
    if (param.type === 'repeat')
      for (let item = 0; item < param.high; item++) {
        const enough = Array.from({ length: param.high - Math.max(item + 1, param.low) + 1 }, (_, i) => Math.max(item + 1, param.low) + i);
        collect(param.of, `${name}.${item}.`, [{ param: name, values: enough }], into);
      }
  }
}

function leafOf(param: Param): LeafParam {
  // Sorted, because the stored JSON may come back in another order.
  if (param.type === 'branch') return { type: 'choice', choices: Object.keys(param.cases).sort() };
  if (param.type === 'repeat') return { type: 'int', low: param.low, high: param.high, log: false, step: 1 };
  return param;
}

/**
 * Returns the names in alphabetical order, each behind the parameters that decide whether it exists.
 * @throws AssayError `space_invalid` for a guard on an unknown parameter or an impossible value, and for a circle of guards
 */
export function dependencyOrder(drafts: ReadonlyMap<string, Draft>): readonly string[] {
  const ordered = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (ordered.has(name)) return;
    if (path.includes(name))
      throw new AssayError('space_invalid', `whether it exists depends on itself: ${[...path, name].join(' needs ')}`, {
        place: name,
        hint: 'break the circle',
      });
    for (const guard of drafts.get(name)!.guards) {
      checkGuard(name, guard, drafts);
      visit(guard.param, [...path, name]);
    }
    ordered.add(name);
  };
  for (const name of [...drafts.keys()].sort()) visit(name, []);
  return [...ordered];
}

function checkGuard(name: string, guard: DraftGuard, drafts: ReadonlyMap<string, Draft>): void {
  const other = drafts.get(guard.param);
  if (other === undefined)
    throw new AssayError('space_invalid', `it exists only with ${guard.param}, which the space does not have`, {
      place: name,
      hint: 'name a parameter of the same object, or give a full flat name',
    });
  for (const value of guard.values)
    if (!fits(other.param, encodeValue(other.param, value)))
      throw new AssayError(
        'space_invalid',
        `it exists only while ${guard.param} is ${JSON.stringify(value)}, which is not one of its values`,
        {
          place: name,
          hint: `give values that ${guard.param} can have`,
        },
      );
}
