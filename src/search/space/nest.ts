import { AssayError } from '../../core/errors.ts';
import { checkParams } from './codec.ts';
import type { CompiledSpace } from './compile.ts';
import type { Infer, NestedParams } from './infer.ts';
import type { ChoiceValue, FlatParams, SpaceShape } from './param.ts';

/** Flat params as the nested, typed value that an objective receives. The params must fit the space, see `checkParams`. */
export function nest<Shape extends SpaceShape>(space: CompiledSpace<Shape>, params: FlatParams): Infer<Shape> {
  return nestShape(space.shape, '', params) as Infer<Shape>;
}

function nestShape(shape: SpaceShape, prefix: string, params: FlatParams): NestedParams {
  const nested: Record<string, unknown> = {};
  for (const [key, param] of Object.entries(shape)) {
    const name = prefix + key;
    const value = params[name];
    if (param.type !== 'branch') {
      nested[key] = value;
      continue;
    }
    const caseName = String(value);
    nested[key] = {
      name: caseName,
      ...nestShape(param.cases[caseName] ?? {}, `${name}.${caseName}.`, params),
    };
  }
  return nested;
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
    if (param?.type !== 'branch') {
      // A name the shape does not know is kept, for the check to refuse.
      into[name] = value as ChoiceValue;
      continue;
    }
    if (typeof value !== 'object' || value === null || !('name' in value))
      throw new AssayError('params_invalid', 'the value of a branch is an object with the name of its case', {
        place: name,
        hint: `give { name: ${Object.keys(param.cases)
          .map((caseName) => JSON.stringify(caseName))
          .join(' | ')}, ... }`,
      });
    const { name: caseName, ...rest } = value;
    into[name] = caseName as ChoiceValue;
    const caseShape = param.cases[String(caseName)];
    if (caseShape !== undefined) flattenShape(caseShape, `${name}.${String(caseName)}.`, rest, into);
  }
}
