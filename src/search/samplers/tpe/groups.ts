import type { CompiledSpace } from '../../space/compile.ts';
import type { Pattern } from './columns.ts';
import type { TpeOptions } from './options.ts';

/**
 * Returns the groups of parameters that are modelled jointly, as lists of indices, without single-valued parameters.
 *
 * Grouped: parameters that are present in exactly the same finished trials (the result of refining a partition trial by trial). Not
 * grouped: those present in every finished trial are one group, each other one is its own.
 */
export function parameterGroups(
  space: CompiledSpace,
  patterns: readonly Pattern[],
  { multivariate, group }: Pick<TpeOptions, 'multivariate' | 'group'>,
): readonly (readonly number[])[] {
  const searched = space.params.filter(({ single }) => !single).map(({ index }) => index);
  if (!multivariate) return searched.map((index) => [index]);
  const seen = patterns.filter(({ finished }) => finished > 0);
  const groups = new Map<string, number[]>();
  for (const index of searched) {
    const presence = seen.map(({ present }) => present[index]).join('');
    const joint = presence.includes('1') && (group || !presence.includes('0'));
    const key = joint ? presence : `alone ${index}`;
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [index]);
    else members.push(index);
  }
  return [...groups.values()];
}
