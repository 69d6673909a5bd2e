import { canonicalJson } from '../../core/json.ts';
import { ownValue } from '../../core/reserved-keys.ts';
import type { CompiledSpace, FlatParam } from './compile.ts';
import { decodeValue, encodeValue, fits } from './leaf.ts';
import type { LeafParam, SpaceJson } from './param.ts';

export interface ParamChange {
  /** Flat name. */
  readonly name: string;
  /**
   * widened: every old value is still possible. narrowed: some are not, or the parameter exists under fewer choices. retyped: another
   * type or scale.
   */
  readonly kind: 'added' | 'removed' | 'widened' | 'narrowed' | 'retyped';
  /** Trials of the old space may not fit the new one. */
  readonly breaking: boolean;
}

/** Returns the changes between two spaces, parameter by parameter; empty for equal spaces. */
export function diffSpaces(before: CompiledSpace, after: CompiledSpace): readonly ParamChange[] {
  const names = [...new Set([...before.byName.keys(), ...after.byName.keys()])].sort();
  return names.flatMap((name) => {
    const kind = kindOf(before, before.byName.get(name), after, after.byName.get(name));
    return kind === null ? [] : [{ name, kind, breaking: kind !== 'added' && kind !== 'widened' }];
  });
}

/** Describes one change in words, with both declarations for a parameter at the top level of the space. */
export function describeChange({ name, kind }: ParamChange, before: SpaceJson, after: SpaceJson): string {
  const [was, is] = [ownValue(before, name), ownValue(after, name)];
  if (kind === 'removed') return `${name} is gone`;
  if (kind === 'added') return `${name} is new`;
  return was === undefined || is === undefined ? `${name} was ${kind}` : `${name} was ${canonicalJson(was)}, is ${canonicalJson(is)}`;
}

function kindOf(
  before: CompiledSpace,
  old: FlatParam | undefined,
  after: CompiledSpace,
  now: FlatParam | undefined,
): ParamChange['kind'] | null {
  if (old === undefined) return 'added';
  if (now === undefined) return 'removed';
  if (old.param.type !== now.param.type || scaleOf(old.param) !== scaleOf(now.param)) return 'retyped';
  if (!covers(now.param, old.param) || !guardsCover(after, now, before, old)) return 'narrowed';
  return covers(old.param, now.param) && guardsCover(before, old, after, now) ? null : 'widened';
}

function scaleOf(param: LeafParam): boolean {
  return param.type !== 'choice' && param.log;
}

/** True if every value of `inner` is one of `outer`. Both have the same type. */
function covers(outer: LeafParam, inner: LeafParam): boolean {
  if (inner.type === 'choice') return inner.choices.every((value) => !Number.isNaN(encodeValue(outer, value)));
  if (outer.type === 'choice') return false;
  if (outer.step === null) return outer.low <= inner.low && inner.high <= outer.high;
  if (inner.low === inner.high) return fits(outer, inner.low);
  if (inner.step === null) return false;
  const strides = inner.step / outer.step;
  return fits(outer, inner.low) && fits(outer, inner.high) && Math.abs(strides - Math.round(strides)) < 1e-9;
}

/** True if the outer parameter exists wherever the inner one does. */
function guardsCover(outerSpace: CompiledSpace, outer: FlatParam, innerSpace: CompiledSpace, inner: FlatParam): boolean {
  const innerGuards = guardsByName(innerSpace, inner);
  return [...guardsByName(outerSpace, outer)].every(([name, allowed]) => {
    const stated = innerGuards.get(name);
    return stated !== undefined && [...stated].every((value) => allowed.has(value));
  });
}

function guardsByName(space: CompiledSpace, { guards }: FlatParam): ReadonlyMap<string, ReadonlySet<string>> {
  const allowed = new Map<string, ReadonlySet<string>>();
  for (const guard of guards) {
    const { name, param } = space.params[guard.param]!;
    const values = guard.values.map((value) => canonicalJson(decodeValue(param, value)));
    // Two guards on one parameter must both hold.
    allowed.set(name, new Set(values.filter((value) => allowed.get(name)?.has(value) ?? true)));
  }
  return allowed;
}
