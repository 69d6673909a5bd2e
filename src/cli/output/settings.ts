import type { Json } from '../../core/json.ts';

/** One setting of a configuration: its dotted key, and its value as YAML takes it. */
export interface Setting {
  readonly key: string;
  readonly value: string;
}

/** Settings of a configuration in its order; lists are one setting each. */
export function settingsOf(config: object, above = ''): readonly Setting[] {
  return Object.entries(config).flatMap(([name, value]: [string, unknown]) => {
    const key = `${above}${name}`;
    if (value === undefined) return [];
    if (isMap(value) && Object.keys(value).length > 0) return settingsOf(value, `${key}.`);
    const safe = jsonSafe(value);
    return [{ key, value: typeof safe === 'string' ? safe : JSON.stringify(safe) }];
  });
}

/** The same value with infinities and NaN as YAML writes them (`.inf`), which JSON cannot hold, and without what is undefined. */
export function jsonSafe(value: unknown): Json {
  if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
  if (Array.isArray(value)) return value.map(jsonSafe);
  if (!isMap(value)) return value as Json;
  return Object.fromEntries(Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, jsonSafe(member)]])));
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
