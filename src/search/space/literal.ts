import { AssayError } from '../../core/errors.ts';
import { isWellFormed } from '../../core/text.ts';
import type { ChoiceValue } from './param.ts';

/**
 * Values as people write them, the same in `-p name=value`, in filters and in tables: `0.1`, `1e-3`, `true`, `false`, `null`; everything
 * else is text. A value in single or double quotes is always text: `"1"`, `'a and b'`, `"say \"no\""`.
 */

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Returns the value of an unquoted text. Numbers are finite; adding 0 turns -0, which JSON cannot express, into 0. */
export function bareValue(text: string): ChoiceValue {
  if (decimal.test(text) && Number.isFinite(Number(text))) return Number(text) + 0;
  if (text === 'true' || text === 'false') return text === 'true';
  return text === 'null' ? null : text;
}

/** Returns the quoted text at the start of `text`, with its quotes (null: no quote, or one that is never closed). */
export function quotedPart(text: string): string | null {
  return /^("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/s.exec(text)?.[0] ?? null;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/**
 * Returns the content of a quoted text: a backslash keeps the next character, and `\n`, `\r`, `\t`, `\b`, `\f` and `\uXXXX` are those of JSON.
 * @throws AssayError `usage` for half a surrogate pair or NUL, which cannot be stored
 */
export function unquoted(quoted: string): string {
  const text = quoted
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code: string | undefined, other: string) =>
      code === undefined ? (escapes[other] ?? other) : String.fromCharCode(Number.parseInt(code, 16)),
    );
  if (isWellFormed(text) && !text.includes('\0')) return text;
  throw new AssayError('usage', `${quoted} is not a text that can be stored`, {
    hint: 'leave out the character NUL and single halves of surrogate pairs',
  });
}

/** Returns the value of a text, quoted or not. */
export function writtenValue(text: string): ChoiceValue {
  return quotedPart(text) === text ? unquoted(text) : bareValue(text);
}

/** Writes a value: `1` is the number and `"1"` the text. Texts are quoted only if they would be read as something else. */
export function writeValue(value: ChoiceValue): string {
  if (typeof value !== 'string') return String(value);
  const plain = value !== '' && typeof bareValue(value) === 'string' && /^[^\s"'\\,=]+$/u.test(value);
  return plain ? value : JSON.stringify(value);
}
