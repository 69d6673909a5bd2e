import type { Row } from '../../space/codec.ts';
import type { CompiledSpace } from '../../space/compile.ts';
import type { TpeOptions } from './options.ts';

/**
 * Which parameters are modelled together, as lists of indices. Single-valued parameters are in none.
 *
 * Grouped: two parameters belong together if they were present in exactly the same finished trials, which is what
 * refining a partition trial by trial comes to. Not grouped: those present in every finished trial together, all others
 * one by one.
 */
export function parameterGroups(
  space: CompiledSpace,
  finished: readonly Row[],
  { multivariate, group }: Pick<TpeOptions, 'multivariate' | 'group'>,
): readonly (readonly number[])[] {
  const searched = space.params.filter(({ single }) => !single).map(({ index }) => index);
  if (!multivariate) return searched.map((index) => [index]);
  const patterns = presencePatterns(finished);
  const groups = new Map<string, number[]>();
  for (const index of searched) {
    const presence = patterns.map((pattern) => pattern[index]).join('');
    const joint = group ? presence.includes('1') : !presence.includes('0');
    const key = joint ? presence : `alone ${index}`;
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [index]);
    else members.push(index);
  }
  return [...groups.values()];
}

/** The distinct sets of present parameters: few, however many trials there are. */
function presencePatterns(rows: readonly Row[]): readonly Uint8Array[] {
  const patterns: Uint8Array[] = [];
  for (const row of rows) {
    if (patterns.some((pattern) => hasPattern(row, pattern))) continue;
    patterns.push(Uint8Array.from(row, (value) => (Number.isNaN(value) ? 0 : 1)));
  }
  return patterns;
}

function hasPattern(row: Row, pattern: Uint8Array): boolean {
  for (let i = 0; i < row.length; i++) if (Number.isNaN(row[i]!) === (pattern[i] === 1)) return false;
  return true;
}
