import { closestNames } from '../../core/closest-names.ts';
import { errorAt } from '../../core/errors.ts';
import { ownValue } from '../../core/reserved-keys.ts';
import { describeParam } from './codec.ts';
import { type CompiledSpace, compileSpace } from './compile.ts';
import { encodeValue, fits } from './leaf.ts';
import type { ChoiceParam, ChoiceValue, FlatParams, LeafParam, Param, SpaceShape } from './param.ts';

const wrong = errorAt('params_invalid');

/**
 * Returns the space with some parameters held at one value: they are kept with every trial and no longer searched. Parameters that exist
 * only under other values are removed. A parameter that was fixed before takes any other value of its type.
 * @param values by flat name
 * @throws AssayError `params_invalid` with the parameter as its place
 */
export function pinSpace(space: CompiledSpace, values: FlatParams): CompiledSpace {
  for (const [name, value] of Object.entries(values)) checkPin(space, name, value);
  const pinned = compileSpace(pinShape(space.shape, '', values));
  for (const name of Object.keys(values))
    if (!pinned.byName.has(name))
      throw wrong(
        name,
        'this parameter does not exist under the other values that are set',
        'leave it out, or set the others so that it exists',
      );
  return pinned;
}

function checkPin(space: CompiledSpace, name: string, value: ChoiceValue): void {
  const found = space.byName.get(name);
  if (found === undefined) {
    const names = [...space.byName.keys()];
    const near = closestNames(name, names);
    throw wrong(
      name,
      'the study has no such parameter',
      `${near.length === 0 ? '' : `did you mean ${near.join(' or ')}? `}it has ${names.join(', ') || 'none'}`,
    );
  }
  if (isListItem(space.shape, name))
    throw wrong(name, 'the items of a list cannot be set one by one', 'set the number of items, or change the study file');
  const { param, single } = found;
  const kept = single && param.type === 'choice' ? typeof value === typeof param.choices[0] : fits(param, encodeValue(param, value));
  if (!kept)
    throw wrong(
      name,
      `${JSON.stringify(value)} does not fit`,
      `give ${single ? `another ${typeof onlyValue(param)}` : describeParam(param)}`,
    );
}

function onlyValue(param: LeafParam): ChoiceValue {
  return param.type === 'choice' ? param.choices[0]! : param.low;
}

function isListItem(shape: SpaceShape, name: string, prefix = ''): boolean {
  return Object.entries(shape).some(([key, param]) => {
    const own = `${prefix}${key}.`;
    if (!name.startsWith(own)) return false;
    if (param.type === 'repeat') return true;
    return param.type === 'branch' && Object.entries(param.cases).some(([of, inner]) => isListItem(inner, name, `${own}${of}.`));
  });
}

function pinShape(shape: SpaceShape, prefix: string, values: FlatParams): SpaceShape {
  return Object.fromEntries(
    Object.entries(shape).flatMap(([key, param]): readonly (readonly [string, Param])[] => {
      const guarded = underPins(param, prefix, values);
      return guarded === null ? [] : [[key, pinParam(guarded, prefix + key, values)]];
    }),
  );
}

/** Returns the parameter with its guard reduced to the pinned value (null: the parameter cannot exist). */
function underPins(param: Param, prefix: string, values: FlatParams): Param | null {
  if (param.when === undefined) return param;
  const { param: guard, in: allowed } = param.when;
  const name = Object.hasOwn(values, prefix + guard) ? prefix + guard : guard;
  if (!Object.hasOwn(values, name)) return param;
  const left = allowed.filter((value) => value === values[name]);
  return left.length === 0 ? null : { ...param, when: { param: guard, in: left } };
}

function pinParam(param: Param, name: string, values: FlatParams): Param {
  const value = ownValue(values, name);
  switch (param.type) {
    case 'float':
    case 'int':
      return value === undefined ? param : { ...param, low: Number(value), high: Number(value) };
    case 'choice':
      return value === undefined ? param : ({ ...param, choices: [value] } satisfies ChoiceParam);
    case 'branch': {
      const cases = Object.entries(param.cases).filter(([of]) => value === undefined || of === value);
      return { ...param, cases: Object.fromEntries(cases.map(([of, inner]) => [of, pinShape(inner, `${name}.${of}.`, values)])) };
    }
    case 'repeat':
      return value === undefined ? param : { ...param, low: Number(value), high: Number(value) };
  }
}
