/** Prepares texts from outside for the database, which stores neither NUL nor half a surrogate pair, and for a screen. */

/** False if the text has half a surrogate pair, which no encoding can express. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Returns the text as it can be stored: halves of surrogate pairs and NUL become U+FFFD. */
export function storableText(text: string): string {
  return Buffer.from(text).toString().replaceAll('\0', '\uFFFD');
}

/** Maximum number of characters kept of an error or a reason. */
export const longestText = 16_384;

/** Returns at most `most` characters, ending with how many were cut. */
export function shortened(text: string, most = longestText): string {
  if (text.length <= most) return text;
  // The note counts towards the limit: cutting a text twice would give a wrong count.
  const note = (left: number): string => `… ${left} more characters`;
  const kept = most - note(text.length).length;
  // Never between the halves of a surrogate pair.
  const end = /[\uD800-\uDBFF]/.test(text.charAt(kept - 1)) ? kept - 1 : kept;
  return `${text.slice(0, end)}${note(text.length - end)}`;
}

/** Returns the first non-empty line, at most `most` characters, for lists. */
export function oneLine(text: string, most = 200): string {
  const trimmed = text.trimStart();
  const end = trimmed.search(/[\r\n\u2028\u2029]/);
  const line = end === -1 ? trimmed : trimmed.slice(0, end);
  if (line.length <= most) return end === -1 ? line : `${line} …`;
  return `${line.slice(0, most - 1)}…`;
}
