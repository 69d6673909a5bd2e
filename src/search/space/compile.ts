import { hashOf } from '../../core/json.ts';
import { defineShape } from './define-param.ts';
import { collect, type Draft, dependencyOrder } from './flat-drafts.ts';
import { spaceJson } from './json.ts';
import { encodeValue } from './leaf.ts';
import { loweredEnds } from './lowered-ends.ts';
import type { LeafParam, SpaceJson, SpaceShape } from './param.ts';

/** A parameter exists only while another one exists and has one of these values. Branches compile to it. */
export interface Guard {
  /** Index of the other parameter: always smaller than the guarded one's. */
  readonly param: number;
  /** Internal values, see {@link encodeValue}. */
  readonly values: readonly number[];
}

/** One parameter under its flat name. */
export interface FlatParam {
  readonly name: string;
  readonly index: number;
  readonly param: LeafParam;
  /** All must hold; empty for a parameter that always exists. */
  readonly guards: readonly Guard[];
  /** True if only one value is possible. */
  readonly single: boolean;
}

/**
 * A space ready for use. `params` are in the order of their flat names, each behind the parameters it depends on, whatever order they
 * were declared in: equal spaces are searched equally.
 */
export interface CompiledSpace<Shape extends SpaceShape = SpaceShape> {
  readonly shape: Shape;
  readonly params: readonly FlatParam[];
  readonly byName: ReadonlyMap<string, FlatParam>;
  readonly json: SpaceJson;
  /** SHA-256 of the canonical JSON: equal for the same space in another key order. */
  readonly hash: string;
  /** Differences from the space as written, in words: ends of ranges that no step meets. */
  readonly notes: readonly string[];
}

/**
 * Checks a space and lays it out flat.
 * @param space as a study declares it, or its JSON form
 * @throws AssayError `space_invalid` with the parameter as its place
 *
 * @example
 * ```ts
 * import { branch, compileSpace, float } from 'assay';
 *
 * const space = compileSpace({ optimizer: branch({ adam: { beta1: float(0.8, 0.999) }, sgd: {} }) });
 * const names = space.params.map(({ name }) => name); // optimizer, optimizer.adam.beta1
 * ```
 */
export function compileSpace<const Shape extends SpaceShape>(space: Shape): CompiledSpace<Shape>;
export function compileSpace(space: SpaceShape | SpaceJson): CompiledSpace;
export function compileSpace(space: SpaceShape | SpaceJson): CompiledSpace {
  const shape = defineShape(space, '');
  const drafts = new Map<string, Draft>();
  collect(shape, '', [], drafts);
  const order = dependencyOrder(drafts);
  const index = new Map(order.map((name, i) => [name, i]));
  const params = order.map((name, i): FlatParam => {
    const { param, guards } = drafts.get(name)!;
    const compiled = guards.map((guard) => ({
      param: index.get(guard.param)!,
      values: guard.values.map((value) => encodeValue(drafts.get(guard.param)!.param, value)),
    }));
    return { name, index: i, param, guards: compiled, single: isSingle(param) };
  });
  const json = spaceJson(shape);
  return {
    shape,
    params,
    byName: new Map(params.map((param) => [param.name, param])),
    json,
    hash: hashOf(json),
    notes: loweredEnds(space, shape, ''),
  };
}

function isSingle(param: LeafParam): boolean {
  return param.type === 'choice' ? param.choices.length === 1 : param.low === param.high;
}
