import { inspect } from 'node:util';
import { oneLine } from './text.ts';

/** Describes any value for an error message: `nothing`, `a string ("1.5")`, `an object ({ loss: 1 })`. Never throws. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'boolean') return String(value);
  return `${kindOf(value)} (${previewOf(value)})`;
}

/** Returns a value on one line, as Node prints it, at most `most` characters. */
export function previewOf(value: unknown, most = 80): string {
  const text =
    typeof value === 'string'
      ? JSON.stringify(value)
      : inspect(value, { depth: 2, breakLength: Infinity, maxStringLength: most, maxArrayLength: 10, customInspect: false });
  return oneLine(text, most);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Promise) return 'a promise';
  const kind = typeof value;
  return kind === 'object' ? 'an object' : `a ${kind}`;
}
