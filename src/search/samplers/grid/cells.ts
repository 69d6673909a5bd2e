import { decodeRow } from '../../space/codec.ts';
import type { CompiledSpace } from '../../space/compile.ts';
import type { FlatParams } from '../../space/param.ts';
import type { GridValues } from './values.ts';

/** All combinations of active parameters' values, each once. */
export interface Cells {
  /** A bigint: a dozen parameters have more combinations than a double can count. */
  readonly count: bigint;
  /** @param index below `count`. */
  readonly at: (index: bigint) => FlatParams;
}

/** Indices of parameters not yet ruled out, ascending. */
type Open = readonly number[];

/**
 * Finds a cell by arithmetic, without listing those before it: independent parameters multiply; of dependent ones, the values of the
 * first are enumerated.
 * @param values of each parameter, by its index.
 */
export function cellsOf(space: CompiledSpace, values: readonly GridValues[]): Cells {
  const counts = new Map<string, bigint>();

  const countOf = (open: Open): bigint => {
    const key = open.join();
    const known = counts.get(key);
    if (known !== undefined) return known;
    const count = linked(space, open).reduce((product, part) => product * countLinked(part), 1n);
    counts.set(key, count);
    return count;
  };
  const countLinked = ([first, ...rest]: Open): bigint => {
    const own = values[first!]!;
    if (rest.length === 0) return BigInt(own.count);
    let sum = 0n;
    for (let k = 0; k < own.count; k++) sum += countOf(left(space, rest, first!, own.at(k)));
    return sum;
  };

  const place = (open: Open, index: bigint, row: Float64Array): void => {
    let rest = index;
    for (const part of linked(space, open).toReversed()) {
      const count = countLinked(part);
      placeLinked(part, rest % count, row);
      rest /= count;
    }
  };
  const placeLinked = ([first, ...others]: Open, index: bigint, row: Float64Array): void => {
    const own = values[first!]!;
    if (others.length === 0) {
      row[first!] = own.at(Number(index));
      return;
    }
    let rest = index;
    for (let k = 0; k < own.count; k++) {
      const value = own.at(k);
      const open = left(space, others, first!, value);
      const count = countOf(open);
      if (rest < count) {
        row[first!] = value;
        place(open, rest, row);
        return;
      }
      rest -= count;
    }
  };

  const all = space.params.map(({ index }) => index);
  return {
    count: countOf(all),
    at: (index) => {
      const row = new Float64Array(space.params.length).fill(Number.NaN);
      place(all, index, row);
      return decodeRow(space, row);
    },
  };
}

/** Returns the parameters still to choose once one has its value, without those that it makes inactive. */
function left(space: CompiledSpace, open: Open, settled: number, value: number): Open {
  const gone = new Set<number>();
  for (const index of open) {
    const { guards } = space.params[index]!;
    // Guards refer to smaller indices, so `gone` is complete up to here.
    if (guards.some((guard) => gone.has(guard.param) || (guard.param === settled && !guard.values.includes(value)))) gone.add(index);
  }
  return open.filter((index) => !gone.has(index));
}

/** Splits the parameters into parts that do not depend on each other, sorted by their first parameter. */
function linked(space: CompiledSpace, open: Open): readonly Open[] {
  const parts: { readonly members: number[] }[] = [];
  for (const index of open) {
    const on = parts.filter(({ members }) => space.params[index]!.guards.some((guard) => members.includes(guard.param)));
    const part = on[0] ?? { members: [] };
    if (on.length === 0) parts.push(part);
    for (const other of on.slice(1)) {
      part.members.push(...other.members);
      parts.splice(parts.indexOf(other), 1);
    }
    part.members.push(index);
  }
  return parts.map(({ members }) => members.sort((a, b) => a - b));
}
