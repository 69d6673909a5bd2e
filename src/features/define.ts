import type { z } from 'zod';
import { AssayError } from '../core/errors.ts';
import { canonicalJson, type Json } from '../core/json.ts';
import { settingFault, unknownKey } from '../core/schema-issue.ts';
import type { FeatureSet } from './feature-set.ts';

/** A feature set with options: call it for a set with these options, the others by default. */
export interface FeatureFamily<Input> {
  (options?: Input): FeatureSet;
  readonly id: string;
  /** The schema of the options, for documentation. */
  readonly options: z.ZodObject;
}

/**
 * Creates a family of feature sets. The id of each names the options that differ from the defaults, so that another option is another set:
 * `phoenix-base@1{"clock":"day"}`.
 * @throws AssayError `config_invalid`, when it is called, for an unknown option or one out of range.
 */
export function defineFamily<Options, Input>(definition: {
  readonly id: string;
  readonly options: z.ZodObject & z.ZodType<Options, Input>;
  readonly create: (options: Options, id: string) => Omit<FeatureSet, 'id'>;
}): FeatureFamily<Input> {
  const { id, options: schema, create } = definition;
  const defaults = schema.parse({}) as Json;
  const build = (given: unknown = {}): FeatureSet => {
    const parsed = schema.safeParse(given);
    if (!parsed.success) {
      const { keys, because, hint } = settingFault(schema, given, parsed.error);
      const [key, known] = [keys.join('.'), `options: ${Object.keys(schema.shape).join(', ')}; docs/features.md explains them`];
      throw new AssayError('config_invalid', `${id}: ${key}: ${because === unknownKey ? 'unknown option' : because}`, {
        place: `${id} ${key}`,
        hint: hint === undefined ? known : `${hint} ${known}`,
      });
    }
    const changed = changesFrom(defaults, parsed.data as Json);
    const named = changed === undefined ? id : `${id}${canonicalJson(changed)}`;
    return { id: named, ...create(parsed.data, named) };
  };
  return Object.assign(build, { id, options: schema });
}

/** The members of options that differ from the defaults, member by member; undefined if none does. */
function changesFrom(defaults: Json | undefined, value: Json): Json | undefined {
  if (!isRecord(defaults) || !isRecord(value)) return canonicalJson(defaults ?? null) === canonicalJson(value) ? undefined : value;
  const changed = Object.entries(value).flatMap(([name, member]): [string, Json][] => {
    const change = member === undefined ? undefined : changesFrom(defaults[name], member);
    return change === undefined ? [] : [[name, change]];
  });
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
