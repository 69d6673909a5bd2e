/** Keys that reach an object's prototype. No file, flag or request may use them. */
const reservedKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** True for a reserved key, and for a dotted name of which one part is reserved. */
export function isReservedKey(name: string): boolean {
  return reservedKeys.has(name) || (name.includes('.') && name.split('.').some((part) => reservedKeys.has(part)));
}

/** Returns an own member of a map with untrusted keys, never an inherited one such as `toString`. */
export function ownValue<Value>(map: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/**
 * Returns the path of the first reserved key in a parsed document, keys and indices joined by dots (null: none). The document must be a
 * tree, as `JSON.parse` makes it, of any depth.
 */
export function reservedKeyIn(document: unknown): string | null {
  const open: { readonly value: unknown; readonly path: string }[] = [{ value: document, path: '' }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    for (const [key, value] of Object.entries(next.value)) {
      const path = next.path === '' ? key : `${next.path}.${key}`;
      if (!Array.isArray(next.value) && isReservedKey(key)) return path;
      open.push({ value, path });
    }
  }
  return null;
}
