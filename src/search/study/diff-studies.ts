import { canonicalJson } from '../../core/json.ts';
import { compileSpace } from '../space/compile.ts';
import { diffSpaces, type ParamChange } from '../space/diff.ts';
import { aimsOf } from './goals.ts';
import type { StudyDescription } from './storage.ts';

export interface StudyChange {
  /** A flat parameter name, or a part of the study such as `sampler`. */
  readonly what: string;
  readonly kind: ParamChange['kind'] | 'changed';
  /** True if the study's trials would not fit: opening it is refused. */
  readonly breaking: boolean;
  /** Old value as JSON (null: none). */
  readonly was: string | null;
  readonly is: string | null;
}

type Compared = Pick<
  StudyDescription,
  | 'direction'
  | 'objectives'
  | 'space'
  | 'sampler'
  | 'pruner'
  | 'pruneOn'
  | 'budget'
  | 'replicates'
  | 'warmStart'
  | 'seed'
  | 'maxAttempts'
  | 'priority'
  | 'needs'
  | 'policy'
  | 'module'
>;

/** Returns the changes of a study when it is opened with another description: the space parameter by parameter, then the rest. */
export function diffStudies(before: Compared, after: Compared): readonly StudyChange[] {
  const [was, is] = [compileSpace(before.space), compileSpace(after.space)];
  const leaf = (space: typeof was, name: string): string | null => {
    const found = space.byName.get(name);
    return found === undefined ? null : canonicalJson(found.param);
  };
  const params = diffSpaces(was, is).map(
    ({ name, kind, breaking }): StudyChange => ({ what: name, kind, breaking, was: leaf(was, name), is: leaf(is, name) }),
  );
  const parts: readonly (readonly [string, (study: Compared) => unknown])[] = [
    ['direction', aimsOf],
    ['pruneOn', ({ pruneOn }) => pruneOn],
    ['reference', ({ objectives }) => objectives?.map(({ reference }) => reference) ?? null],
    ['sampler', ({ sampler }) => ({ ...sampler })],
    ['pruner', ({ pruner }) => ({ ...pruner })],
    ['budget', ({ budget }) => ({ ...budget })],
    ['replicates', ({ replicates = 'none' }) => replicates],
    ['warmStart', ({ warmStart = [] }) => warmStart],
    ['seed', ({ seed }) => seed],
    ['maxAttempts', ({ maxAttempts }) => maxAttempts],
    ['priority', ({ priority }) => priority],
    ['needs', ({ needs }) => needs && { ...needs }],
    ['policy', ({ policy }) => policy],
    ['source', ({ module }) => module.sourceHash],
    ['packages', ({ module }) => module.packagesHash],
  ];
  return [
    ...params,
    ...parts.flatMap(([what, of]): readonly StudyChange[] => {
      const [old, now] = [canonicalJson(of(before)), canonicalJson(of(after))];
      return old === now ? [] : [{ what, kind: 'changed', breaking: what === 'direction' || what === 'pruneOn', was: old, is: now }];
    }),
  ];
}
