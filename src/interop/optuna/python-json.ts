/** JSON as Python writes it: the three words that no other JSON has are numbers. */

/** Marks a word inside of the parsed text; no JSON text holds it unescaped. */
const mark = '\u0000';

/** A string, skipped as a whole, or one of the words. */
const stringOrWord = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g;

/** Parses Python's JSON. Integers beyond 2^53 are rounded. @throws SyntaxError */
export function parsePythonJson(text: string): unknown {
  const marked = text.replaceAll(stringOrWord, (found) => (found.startsWith('"') ? found : `"\\u0000${found}"`));
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark) ? numberOf(value.slice(1)) : value,
  );
}

/** A string of the client may begin with NUL, too: only the three words are numbers. */
function numberOf(word: string): number | string {
  return ['NaN', 'Infinity', '-Infinity'].includes(word) ? Number(word) : `${mark}${word}`;
}

/** Writes a value as Python does: NaN and infinities as words, and a space behind each comma and colon. */
export function pythonJson(value: unknown): string {
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : String(value);
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, member]) => `${JSON.stringify(key)}: ${pythonJson(member)}`)
    .join(', ')}}`;
}
