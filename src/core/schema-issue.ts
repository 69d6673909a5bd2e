import { z } from 'zod';
import { closestNames } from './closest-names.ts';

/** What {@link SettingFault} says of a key that the schema does not have. */
export const unknownKey = 'unknown key';

/** What is wrong with a setting, in words for a person. */
export interface SettingFault {
  /** Keys from the outside in; of an unknown key its own is the last. */
  readonly keys: readonly string[];
  readonly because: string;
  /** What to do, where more than the list of settings helps. */
  readonly hint: string | undefined;
}

/**
 * Explains one issue of a value that does not fit its schema: what was given, what it takes, and which known key is close. An unknown key
 * comes first: it may be the misspelt name of one that is missing.
 */
export function settingFault(schema: z.ZodType, value: unknown, error: z.ZodError): SettingFault {
  const issue = error.issues.find(({ code }) => code === 'unrecognized_keys') ?? error.issues[0]!;
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    const object = schemaAt(schema, path);
    const near = object instanceof z.ZodObject ? closestNames(key, Object.keys(object.shape)) : [];
    return { keys: [...path, key], because: unknownKey, hint: near.length === 0 ? undefined : `did you mean ${near.join(' or ')}?` };
  }
  if (issue.code === 'custom') {
    const hint: unknown = issue.params?.['hint'];
    return { keys: path, because: issue.message, hint: typeof hint === 'string' ? hint : undefined };
  }
  const takes = takenBy(schemaAt(schema, path));
  if (takes === null) return { keys: path, because: issue.message, hint: undefined };
  const given = path.reduce<unknown>((inner, key) => (inner as Readonly<Record<string, unknown>> | undefined)?.[key], value);
  return {
    keys: path,
    because: given === undefined ? `missing; it takes ${takes}` : `it takes ${takes}, not ${shown(given)}`,
    hint: undefined,
  };
}

function shown(value: unknown): string {
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value));
}

/** The schema under a path, without defaults around it; null inside a union or a record. */
function schemaAt(schema: z.core.$ZodType, path: readonly string[]): z.core.$ZodType | null {
  const bare = withoutDefaults(schema);
  const [key, ...rest] = path;
  if (key === undefined) return bare;
  if (bare instanceof z.ZodArray) return schemaAt(bare.element, rest);
  const member = bare instanceof z.ZodObject && Object.hasOwn(bare.shape, key) ? bare.shape[key] : undefined;
  return member === undefined ? null : schemaAt(member, rest);
}

function withoutDefaults(schema: z.core.$ZodType): z.core.$ZodType {
  const wraps = [z.ZodDefault, z.ZodPrefault, z.ZodOptional, z.ZodReadonly].some((wrapper) => schema instanceof wrapper);
  return wraps ? withoutDefaults((schema as z.ZodOptional).def.innerType) : schema;
}

/** `a whole number from 1 to 4096`; null for what JSON Schema cannot say in one line. */
function takenBy(schema: z.core.$ZodType | null): string | null {
  if (schema === null) return null;
  const { type, enum: choices, const: only, ...range } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  if (choices !== undefined) return `one of ${choices.join(', ')}`;
  if (only !== undefined) return JSON.stringify(only);
  if (type === 'integer' || type === 'number') return `a ${type === 'integer' ? 'whole ' : ''}number${rangeText(range)}`;
  if (type === 'string') return range.pattern === undefined && range.format === undefined ? 'a text' : null;
  return (typeof type === 'string' && words[type]) || null;
}

const words: Readonly<Record<string, string>> = { boolean: 'true or false', array: 'a list', object: 'a map of keys to values' };

/** Bounds of whole numbers that only say that they are exact are left out. */
function rangeText({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: z.core.JSONSchema.JSONSchema): string {
  const isBound = (bound: unknown): bound is number => typeof bound === 'number' && Math.abs(bound) < Number.MAX_SAFE_INTEGER;
  const low = isBound(minimum) ? ` from ${minimum}` : isBound(exclusiveMinimum) ? ` above ${exclusiveMinimum}` : '';
  if (isBound(maximum)) return `${low} to ${maximum}`.replace(/^ to/, ' up to');
  return isBound(exclusiveMaximum) ? `${low}${low === '' ? '' : ' and'} below ${exclusiveMaximum}` : low;
}
