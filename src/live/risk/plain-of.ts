import type { Json } from '../../core/json.ts';

/** A value with everything that JSON has, as JSON: whole numbers of any size and numbers that are not finite become texts, functions are left out. */
export function plainOf(value: unknown): Json {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return [...(value as unknown as Iterable<unknown>)].map(plainOf);
  const members = Object.entries(value).filter(([, member]) => member !== undefined && typeof member !== 'function');
  return Object.fromEntries(members.map(([key, member]) => [key, plainOf(member)]));
}
