import { AssayError } from '../../core/errors.ts';
import { ownValue } from '../../core/reserved-keys.ts';
import type { CompiledSpace } from './compile.ts';
import { decodeValue, encodeValue, fits, fitValue } from './leaf.ts';
import type { ChoiceValue, FlatParams, LeafParam } from './param.ts';

/** Internal values by parameter index; NaN for a parameter that is absent or has a value unknown to the space. */
export type Row = Float64Array;

export function encodeParams(space: CompiledSpace, params: FlatParams): Row {
  const row = new Float64Array(space.params.length);
  for (const { index, name, param } of space.params) row[index] = encodeValue(param, ownValue(params, name));
  return row;
}

/** Returns the flat params of a row, without parameters that do not exist under the row's choices. */
export function decodeRow(space: CompiledSpace, row: Row): FlatParams {
  const params: Record<string, ChoiceValue> = {};
  const active = activeIn(space, row);
  for (const { index, name, param } of space.params) if (active[index] === 1) params[name] = decodeValue(param, row[index]!);
  return params;
}

/** 1 for each parameter whose guards hold under the row's values. */
export function activeIn(space: CompiledSpace, row: Row): Uint8Array {
  const active = new Uint8Array(space.params.length);
  // Guards point to smaller indices, so one pass resolves chains of guards.
  for (const { index, guards } of space.params)
    active[index] = guards.every((guard) => active[guard.param] === 1 && guard.values.includes(row[guard.param]!)) ? 1 : 0;
  return active;
}

/**
 * Checks values from outside: every parameter that exists has a value that fits, and no other value is given.
 * @returns the values in the order of the space, with 0 for -0 and steps rounded to the grid (0.3 for 0.1 + 0.2)
 * @throws AssayError `params_invalid` with the parameter as its place; missing values are reported all at once
 */
export function checkParams(space: CompiledSpace, params: FlatParams): FlatParams {
  for (const name of Object.keys(params))
    if (!space.byName.has(name))
      throw new AssayError('params_invalid', 'the space has no such parameter', {
        place: name,
        hint: `it has ${space.params.map((param) => param.name).join(', ') || 'none'}`,
      });
  const row = encodeParams(space, params);
  const active = activeIn(space, row);
  const missing: { readonly name: string; readonly takes: string }[] = [];
  for (const { index, name, param, guards } of space.params) {
    const given = Object.hasOwn(params, name);
    if (active[index] === 0) {
      if (!given) continue;
      throw new AssayError('params_invalid', 'this parameter does not exist under the other values', {
        place: name,
        hint: `it exists only while ${guards.map((guard) => describeGuard(space, guard.param, guard.values)).join(' and ')}`,
      });
    }
    if (given && fits(param, row[index]!)) continue;
    if (given)
      throw new AssayError('params_invalid', `${JSON.stringify(params[name])} does not fit`, {
        place: name,
        hint: `give ${describeParam(param)}`,
      });
    missing.push({ name, takes: describeParam(param) });
  }
  if (missing.length > 0)
    throw new AssayError('params_invalid', missing.length === 1 ? 'a value is missing' : 'values are missing', {
      place: missing.map(({ name }) => name).join(', '),
      hint: `give ${missing.length === 1 ? missing[0]!.takes : missing.map(({ name, takes }) => `${name}: ${takes}`).join('; ')}`,
    });
  return decodeRow(
    space,
    row.map((value, index) => (Number.isNaN(value) ? value : fitValue(space.params[index]!.param, value))),
  );
}

function describeGuard(space: CompiledSpace, index: number, values: readonly number[]): string {
  const { name, param } = space.params[index]!;
  return `${name} is ${values.map((value) => JSON.stringify(decodeValue(param, value))).join(' or ')}`;
}

/** Describes the values of a parameter in words. */
export function describeParam(param: LeafParam): string {
  if (param.type === 'choice') return `one of ${param.choices.map((value) => JSON.stringify(value)).join(', ')}`;
  const kind = param.type === 'int' ? 'a whole number' : 'a number';
  const steps = param.step === null || param.step === 1 ? '' : ` in steps of ${param.step}`;
  return `${kind} from ${param.low} to ${param.high}${steps}`;
}
