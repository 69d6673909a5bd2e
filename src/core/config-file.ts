import { readFileSync, statSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, YAMLParseError } from 'yaml';
import type { z } from 'zod';
import { AssayError, messageOf } from './errors.ts';
import { isReservedKey } from './reserved-keys.ts';
import { settingFault } from './schema-issue.ts';
import { lineOfKey } from './yaml-line.ts';

/** Maximum depth of includes, the file itself counted. */
export const mostIncludeLevels = 32;
/** Maximum number of files of one configuration. */
export const mostIncludedFiles = 100;
const mostBytes = 2 ** 20;
/** Maximum depth of nested maps and lists. */
const mostNesting = 64;

/**
 * Reads a YAML configuration and checks it. `include: [other.yaml, ...]` (relative to the file) is merged first, later over earlier, and
 * the file itself over all of them; maps are merged, everything else is replaced. Each file is read once, however often it is included.
 *
 * @throws AssayError `config_invalid` naming the file and the key: unreadable, not YAML, larger than 1 MB, a key that the schema does
 * not know or that is reserved (`__proto__`, `constructor`, `prototype`), a wrong value, an alias inside the value that it names, circular
 * includes, more than 32 levels or 100 files of includes.
 */
export function loadConfig<Schema extends z.ZodType>(
  file: string | URL,
  schema: Schema,
  overrides: ConfigOverrides = noOverrides,
): z.output<Schema> {
  const path = resolve(file instanceof URL || file.startsWith('file:') ? fileURLToPath(file) : file);
  const { value, origins } = overridden(merged(path, new Map(), []), overrides);
  let parsed = schema.safeParse(value);
  if (!parsed.success && takeAsText(value, parsed.error, overrides)) parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { keys, because, hint } = settingFault(schema, value, parsed.error);
  throw invalid(originOf(origins, keys) ?? path, keys, because, hint);
}

/** Changes to a configuration, made where the file itself stays as it is. */
export interface ConfigOverrides {
  /** Configuration files that are merged over it, later over earlier. */
  readonly files: readonly string[];
  /** Values as YAML writes them by dotted key: `{ 'training.updates': '2000' }`. They replace what is there, and go over the files. */
  readonly set: Readonly<Record<string, string>>;
}

export const noOverrides: ConfigOverrides = { files: [], set: {} };

/** Origin of the values of {@link ConfigOverrides.set}. */
const commandLine = '--set';

function overridden({ value, origins }: Pick<Merged, 'value' | 'origins'>, { files, set }: ConfigOverrides) {
  const result: Mapping = {};
  mergeInto(result, value);
  const from = new Map(origins);
  for (const file of files) {
    const over = merged(resolve(file), new Map(), []);
    mergeInto(result, over.value);
    for (const [key, origin] of over.origins) from.set(key, origin);
  }
  for (const [key, text] of Object.entries(set)) {
    const keys = key.split('.');
    const given = givenValue(keys, text);
    noteOrigins(put({}, keys, given), commandLine, from, []);
    put(result, keys, given);
  }
  return { value: result, origins: from };
}

function givenValue(keys: readonly string[], text: string): unknown {
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    throw new AssayError('config_invalid', `${keys.join('.')}: ${JSON.stringify(text)} is not YAML`, {
      place: `${commandLine} configs.${keys.join('.')}`,
      hint: 'write the value as in a configuration file',
      cause,
    });
  }
  checkTree(put({}, keys, value), commandLine, [], []);
  return value;
}

/** Puts a value under its keys, in place of what is there; returns the outer map. */
function put(target: Mapping, keys: readonly string[], value: unknown): Mapping {
  let inner = target;
  for (const key of keys.slice(0, -1)) {
    const present = Object.hasOwn(inner, key) ? inner[key] : undefined;
    const next: Mapping = isMapping(present) ? present : {};
    Object.defineProperty(inner, key, { value: next, writable: true, enumerable: true, configurable: true });
    inner = next;
  }
  Object.defineProperty(inner, keys.at(-1)!, { value, writable: true, enumerable: true, configurable: true });
  return target;
}

/** Takes values of the command line as text where the schema wants a text: a data set may be called 2024. True if there are any. */
function takeAsText(value: Mapping, { issues }: z.ZodError, { set }: ConfigOverrides): boolean {
  const texts = issues.flatMap((issue) => {
    const key = issue.path.join('.');
    return issue.code === 'invalid_type' && issue.expected === 'string' && Object.hasOwn(set, key) ? [key] : [];
  });
  for (const key of texts) put(value, key.split('.'), set[key]);
  return texts.length > 0;
}

type Mapping = Record<string, unknown>;

/** File of the value under a dotted key. */
type Origins = ReadonlyMap<string, string>;

interface Merged {
  readonly value: Mapping;
  readonly origins: Origins;
  /** Depth of includes, this file counted. */
  readonly levels: number;
}

/** Merges a file over its includes. `done` holds the files already merged, `above` those being merged. */
function merged(path: string, done: Map<string, Merged>, above: readonly string[]): Merged {
  const known = done.get(path);
  if (known !== undefined) return known;
  if (above.includes(path))
    throw invalid(above.at(-1)!, ['include'], `includes itself by way of ${[...above, path].map(shown).join(' > ')}`);
  if (above.length >= mostIncludeLevels) throw invalid(above.at(-1)!, ['include'], tooDeep);
  if (done.size + above.length >= mostIncludedFiles)
    throw invalid(above.at(-1)!, ['include'], `${mostIncludedFiles} files are the most that a configuration may include`);

  const { include = [], ...own } = readMapping(path);
  if (!Array.isArray(include) || include.some((entry) => typeof entry !== 'string'))
    throw invalid(path, ['include'], 'must be a list of file names');
  const value: Mapping = {};
  const origins = new Map<string, string>();
  let levels = 1;
  for (const entry of include as readonly string[]) {
    const part = merged(resolve(dirname(path), entry), done, [...above, path]);
    levels = Math.max(levels, part.levels + 1);
    if (above.length + levels > mostIncludeLevels) throw invalid(path, ['include'], tooDeep);
    mergeInto(value, part.value);
    for (const [key, origin] of part.origins) origins.set(key, origin);
  }
  noteOrigins(own, path, origins, []);
  mergeInto(value, own);
  const result = { value, origins, levels };
  done.set(path, result);
  return result;
}

const tooDeep = `more than ${mostIncludeLevels} files include one another`;

function readMapping(path: string): Mapping {
  const text = readConfigText(path);
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    const line = cause instanceof YAMLParseError ? (cause.linePos?.[0].line ?? 1) : 1;
    throw new AssayError('config_invalid', `not YAML: ${messageOf(cause).split('\n')[0]?.replace(/:$/, '')}`, {
      place: `${shown(path)}:${line}`,
      hint: 'correct this line, or the one before it: indentation, quotes and brackets must match',
    });
  }
  if (value === null || value === undefined) return {};
  if (!isMapping(value))
    throw new AssayError('config_invalid', 'a configuration is a map of keys to values', {
      place: `${shown(path)}:1`,
      hint: 'write key: value lines; docs/configuration.md lists every key',
    });
  checkTree(value, path, [], []);
  return value;
}

/**
 * Returns the text of one configuration file.
 * @throws AssayError `config_invalid` if it is not a file, cannot be read, or is larger than 1 MB
 */
export function readConfigText(path: string): string {
  try {
    const found = statSync(path);
    if (!found.isFile()) throw new Error('it is not a file');
    if (found.size > mostBytes) throw new Error('it is larger than 1 MB');
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AssayError('config_invalid', `cannot read the configuration: ${messageOf(cause)}`, {
      place: shown(path),
      hint: 'check the path; includes are relative to the file that names them',
      cause,
    });
  }
}

/** Refuses reserved keys and circular values: an alias must not name a value that contains it. */
function checkTree(value: unknown, path: string, keys: readonly string[], above: readonly object[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (above.includes(value)) throw invalid(path, keys, 'an alias stands inside the value that it names');
  if (above.length >= mostNesting) throw invalid(path, keys.slice(0, 3), `more than ${mostNesting} maps and lists inside one another`);
  for (const [key, member] of Object.entries(value)) {
    const inner = [...keys, key];
    if (!Array.isArray(value) && isReservedKey(key)) throw invalid(path, inner, 'no configuration may have this key');
    checkTree(member, path, inner, [...above, value]);
  }
}

function mergeInto(target: Mapping, source: Mapping): void {
  for (const [key, value] of Object.entries(source)) {
    const present = Object.hasOwn(target, key) ? target[key] : undefined;
    if (isMapping(present) && isMapping(value)) mergeInto(present, value);
    else target[key] = copyOf(value);
  }
}

/** Returns a deep copy. Values shared by aliases are copied separately, so that merging over one does not change the other. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copyOf(member)]));
}

function noteOrigins(value: Mapping, path: string, origins: Map<string, string>, above: readonly string[]): void {
  for (const [key, member] of Object.entries(value)) {
    origins.set([...above, key].join('.'), path);
    if (isMapping(member)) noteOrigins(member, path, origins, [...above, key]);
  }
}

/** Returns the file that set a key, or the nearest key above it. */
function originOf(origins: Origins, keys: readonly string[]): string | undefined {
  for (let depth = keys.length; depth > 0; depth--) {
    const found = origins.get(keys.slice(0, depth).join('.'));
    if (found !== undefined) return found;
  }
  return undefined;
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(path: string, keys: readonly string[], because: string, hint = 'docs/configuration.md lists every key'): AssayError {
  return new AssayError('config_invalid', `${keys.join('.')}: ${because}`, {
    place: path === commandLine ? `${commandLine} configs.${keys.join('.')}` : `${shown(path)}:${lineOfKey(readConfigText(path), keys)}`,
    hint,
  });
}

/** True for the place of an error in a configuration file, `configs/x.yaml:3`, or in a value of the command line. */
export function isConfigPlace(place: string | undefined): boolean {
  return place !== undefined && (/\.ya?ml:\d+$/.test(place) || place.startsWith(`${commandLine} configs.`));
}

/** Path relative to the working directory for a file below it, else absolute. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
