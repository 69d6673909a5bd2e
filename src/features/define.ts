import type { z } from 'zod';
import { AssayError } from '../core/errors.ts';
import { canonicalJson } from '../core/json.ts';
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
  const defaults = schema.parse({}) as Readonly<Record<string, unknown>>;
  const build = (given: unknown = {}): FeatureSet => {
    const parsed = schema.safeParse(given);
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!;
      const key = [...issue.path, ...(issue.code === 'unrecognized_keys' ? [issue.keys[0]!] : [])].map(String).join('.');
      throw new AssayError('config_invalid', `${id}: ${key}: ${issue.code === 'unrecognized_keys' ? 'unknown option' : issue.message}`, {
        place: `${id} ${key}`,
        hint: `options: ${Object.keys(schema.shape).join(', ')}; docs/features.md explains them`,
      });
    }
    const changed = Object.entries(parsed.data as Readonly<Record<string, unknown>>).filter(
      ([name, value]) => canonicalJson(value ?? null) !== canonicalJson(defaults[name] ?? null),
    );
    const named = changed.length === 0 ? id : `${id}${canonicalJson(Object.fromEntries(changed))}`;
    return { id: named, ...create(parsed.data, named) };
  };
  return Object.assign(build, { id, options: schema });
}
