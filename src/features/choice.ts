import { describeValue } from '../core/describe-value.ts';
import { AssayError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { barAges } from './bar-age/index.ts';
import { barFlow } from './bar-flow/index.ts';
import { concat, concatSign } from './concat.ts';
import { contextSets, dailyContext } from './context/context.ts';
import type { FeatureFamily } from './define.ts';
import { dualTicker, multiTicker } from './dual-ticker/index.ts';
import type { FeatureSet } from './feature-set.ts';
import { microPrice } from './micro-price/index.ts';
import { phoenixBase } from './phoenix/base.ts';
import { phoenixOfi } from './phoenix/ofi.ts';

/** Feature sets without options. A new one gets its own folder and an entry here. */
const sets: readonly FeatureSet[] = [dualTicker, multiTicker, barFlow, ...contextSets, dailyContext, barAges];
/** Feature sets with options. */
const families: readonly FeatureFamily<never>[] = [phoenixBase, phoenixOfi, microPrice];

/** A feature set as data: its id, with options in braces or beside it. */
export type FeatureRef = string | { readonly id: string; readonly options?: Readonly<Record<string, Json>> };

/** What a study says about its features: one set or several side by side; its own sets as objects. */
export type FeatureChoice = FeatureRef | FeatureSet | readonly (FeatureRef | FeatureSet)[];

/**
 * The feature set that a choice means. The id of a set is a choice as well: `phoenix-base@1{"clock":"day"} + context-15m@1`.
 * @throws AssayError `config_invalid` for an unknown id, an unknown option or an empty list.
 */
export function featureSetOf(choice: FeatureChoice): FeatureSet {
  const parts = (Array.isArray(choice) ? choice : [choice]) as readonly (FeatureRef | FeatureSet)[];
  const all = parts.flatMap((part): readonly FeatureSet[] => {
    if (typeof part === 'string') return part.split(concatSign).map(fromText);
    if (typeof part !== 'object' || part === null || !('id' in part))
      throw new AssayError('config_invalid', `${describeValue(part)} is no feature set`, { hint: `name one: ${known()}` });
    return [isSet(part) ? part : fromRef(part)];
  });
  const [first, ...others] = all;
  if (first === undefined) throw new AssayError('config_invalid', 'no feature set is named', { hint: `known feature sets: ${known()}` });
  return concat(first, ...others);
}

/** True for a set itself, as `defineFeatureSet` returns it. */
export function isSet(part: object): part is FeatureSet {
  return 'start' in part && typeof part.start === 'function' && 'features' in part && typeof part.features === 'function';
}

function fromText(text: string): FeatureSet {
  const brace = text.indexOf('{');
  if (brace < 0) return fromRef({ id: text });
  try {
    return fromRef({ id: text.slice(0, brace), options: JSON.parse(text.slice(brace)) });
  } catch (error) {
    if (error instanceof AssayError) throw error;
    throw new AssayError('config_invalid', `the options of the feature set ${text} are not JSON`, { cause: error });
  }
}

function fromRef({ id, options = {} }: Exclude<FeatureRef, string>): FeatureSet {
  const family = families.find((one) => one.id === id);
  if (family !== undefined) return family(options as never);
  const set = sets.find((one) => one.id === id);
  if (set === undefined)
    throw new AssayError('config_invalid', `unknown feature set ${JSON.stringify(id)}`, {
      hint: `known feature sets: ${known()}; a set of your own is given as an object, in the study`,
    });
  if (Object.keys(options).length > 0) throw new AssayError('config_invalid', `${id} has no options`);
  return set;
}

/** Ids of all sets that come with Assay. */
export function builtInIds(): readonly string[] {
  return [...families, ...sets].map(({ id }) => id);
}

function known(): string {
  return builtInIds().join(', ');
}
