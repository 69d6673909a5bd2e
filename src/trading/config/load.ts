import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, YAMLParseError } from 'yaml';
import type { z } from 'zod';
import { AssayError, messageOf } from '../../core/errors.ts';
import { packageRoot } from '../../core/package-root.ts';
import { type GateRules, gateRules } from '../../validation/gates/rules.ts';
import type { AgentId } from '../agents/create.ts';
import { type TradingConfig, tradingConfigSchema } from './schema.ts';

/**
 * Read a YAML configuration. `include: [other.yaml, ...]` (relative to the file) is merged first, later over earlier, and the
 * file itself over all of them; maps are merged, everything else is replaced. `agent` is the one that the study is written for, SAC
 * where left out: it says which keys `agent` has.
 *
 * Throws `config_invalid` naming the file and the key: unreadable or not YAML, unknown key, wrong value, includes in a circle.
 */
export function loadTradingConfig(file: string | URL): TradingConfig;
export function loadTradingConfig<Id extends AgentId>(file: string | URL, agent: Id): TradingConfig<Id>;
export function loadTradingConfig(file: string | URL, agent: AgentId = 'sac'): TradingConfig<AgentId> {
  return loadConfig(file, tradingConfigSchema(agent));
}

/** The gates that `assay gate` and `assay promote` ask: configs/gates.yaml unless another file is named. */
export function loadGateRules(file: string | URL = join(packageRoot, 'configs/gates.yaml')): GateRules {
  return loadConfig(file, gateRules);
}

function loadConfig<Schema extends z.ZodType>(file: string | URL, schema: Schema): z.output<Schema> {
  const path = resolve(file instanceof URL || file.startsWith('file:') ? fileURLToPath(file) : file);
  const origins: Origins = new Map();
  const merged = readMerged(path, origins, []);
  const parsed = schema.safeParse(merged);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const keys = [...issue.path, ...(unknown === undefined ? [] : [unknown])].map(String);
  throw invalid(originOf(origins, keys) ?? path, keys.join('.'), unknown === undefined ? issue.message : 'unknown key');
}

type Mapping = Record<string, unknown>;

/** Which file gave the value under a dotted key. */
type Origins = Map<string, string>;

function readMerged(path: string, origins: Origins, above: readonly string[]): Mapping {
  if (above.includes(path)) throw invalid(above.at(-1)!, 'include', `includes itself by way of ${[...above, path].map(shown).join(' > ')}`);
  const { include = [], ...own } = readMapping(path);
  if (!Array.isArray(include) || include.some((entry) => typeof entry !== 'string'))
    throw invalid(path, 'include', 'must be a list of file names');
  const merged: Mapping = {};
  for (const entry of include as readonly string[]) mergeInto(merged, readMerged(resolve(dirname(path), entry), origins, [...above, path]));
  note(own, path, origins, []);
  mergeInto(merged, own);
  return merged;
}

function readMapping(path: string): Mapping {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AssayError('config_invalid', `cannot read the configuration: ${messageOf(cause)}`, {
      place: shown(path),
      hint: 'check the path; includes are relative to the file that names them',
      cause,
    });
  }
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    const line = cause instanceof YAMLParseError ? `:${cause.linePos?.[0].line ?? 1}` : '';
    throw new AssayError('config_invalid', `not YAML: ${messageOf(cause).split('\n')[0]}`, { place: shown(path) + line, cause });
  }
  if (value === null || value === undefined) return {};
  if (!isMapping(value)) throw new AssayError('config_invalid', 'a configuration is a map of keys to values', { place: shown(path) });
  return value;
}

function mergeInto(target: Mapping, source: Mapping): void {
  for (const [key, value] of Object.entries(source)) {
    const present = target[key];
    if (isMapping(present) && isMapping(value)) mergeInto(present, value);
    else target[key] = isMapping(value) ? structuredClone(value) : value;
  }
}

function note(value: Mapping, path: string, origins: Origins, above: readonly string[]): void {
  for (const [key, member] of Object.entries(value)) {
    origins.set([...above, key].join('.'), path);
    if (isMapping(member)) note(member, path, origins, [...above, key]);
  }
}

/** The file that gave a key, or the nearest key above it. */
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

function invalid(path: string, key: string, because: string): AssayError {
  return new AssayError('config_invalid', `${key}: ${because}`, {
    place: `${shown(path)}: ${key}`,
    hint: 'docs/configuration.md lists every key',
  });
}

/** Short where the file lies below the working directory. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
