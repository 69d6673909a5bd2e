import { AssayError } from '../../core/errors.ts';
import { checkParams } from './codec.ts';
import type { CompiledSpace } from './compile.ts';
import type { Infer, NestedParams } from './infer.ts';
import type { BranchParam, ChoiceValue, FlatParams, Param, RepeatParam, SpaceShape } from './param.ts';

/** Returns flat params as the nested, typed value that an objective receives. The params must fit the space, see `checkParams`. */
export function nest<Shape extends SpaceShape>(space: CompiledSpace<Shape>, params: FlatParams): Infer<Shape> {
  return nestShape(space.shape, '', params) as Infer<Shape>;
}

function nestShape(shape: SpaceShape, prefix: string, params: FlatParams): NestedParams {
  const nested: Record<string, unknown> = {};
  for (const [key, param] of Object.entries(shape))
    if (Object.hasOwn(params, prefix + key)) nested[key] = nestParam(param, prefix + key, params);
  return nested;
}

function nestParam(param: Param, name: string, params: FlatParams): unknown {
  const value = params[name];
  if (param.type === 'branch') {
    const caseName = String(value);
    return { name: caseName, ...nestShape(param.cases[caseName] ?? {}, `${name}.${caseName}.`, params) };
  }
  if (param.type === 'repeat') return Array.from({ length: Number(value) }, (_, i) => nestShape(param.of, `${name}.${i}.`, params));
  return value;
}

/**
 * Inverse of {@link nest}; checks every value.
 * @throws AssayError `params_invalid` with the parameter as its place.
 */
export function flatten<Shape extends SpaceShape>(space: CompiledSpace<Shape>, nested: Infer<Shape>): FlatParams {
  const params: Record<string, ChoiceValue> = {};
  flattenShape(space.shape, '', nested, params);
  checkParams(space, params);
  return params;
}

function flattenShape(shape: SpaceShape, prefix: string, nested: NestedParams, into: Record<string, ChoiceValue>): void {
  for (const [key, value] of Object.entries(nested)) {
    const name = prefix + key;
    const param = Object.hasOwn(shape, key) ? shape[key] : undefined;
    // An unknown name is kept for `checkParams` to refuse; a parameter under `when` may be undefined.
    if (param?.type === 'branch') flattenBranch(param, name, value, into);
    else if (param?.type === 'repeat') flattenList(param, name, value, into);
    else if (value !== undefined) into[name] = value as ChoiceValue;
  }
}

function flattenBranch(param: BranchParam, name: string, value: unknown, into: Record<string, ChoiceValue>): void {
  if (value === undefined) return;
  if (typeof value !== 'object' || value === null || !('name' in value))
    throw new AssayError('params_invalid', 'the value of a branch is an object with the name of its case', {
      place: name,
      hint: `give { name: ${Object.keys(param.cases)
        .map((caseName) => JSON.stringify(caseName))
        .join(' | ')}, ... }`,
    });
  const { name: caseName, ...rest } = value;
  into[name] = caseName as ChoiceValue;
  const shape = param.cases[String(caseName)];
  if (shape !== undefined) flattenShape(shape, `${name}.${String(caseName)}.`, rest, into);
}

function flattenList(param: RepeatParam, name: string, value: unknown, into: Record<string, ChoiceValue>): void {
  if (value === undefined) return;
  if (!Array.isArray(value))
    throw new AssayError('params_invalid', 'the value of a repeat is a list', {
      place: name,
      hint: `give ${param.low} to ${param.high} items`,
    });
  into[name] = value.length;
  value.forEach((item: NestedParams, i) => {
    flattenShape(param.of, `${name}.${i}.`, item, into);
  });
}
