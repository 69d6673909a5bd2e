import { fileURLToPath } from 'node:url';

/**
 * Returns the place in the file at `url` that an error comes from, as `file:line:column`: the first mention of the file in the message or
 * the stack (undefined: none). Covers exceptions, transform errors and Node's own syntax errors.
 */
export function placeIn(url: string, error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const path = fileURLToPath(url);
  const text = `${error.message}\n${error.stack ?? ''}`;
  for (const name of [path, url]) {
    const at = text.indexOf(`${name}:`);
    const position = at < 0 ? null : /^:\d+(?::\d+)?/.exec(text.slice(at + name.length));
    if (position) return path + position[0];
  }
  return undefined;
}
