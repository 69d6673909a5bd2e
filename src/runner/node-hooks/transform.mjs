/** Turns TypeScript into JavaScript where Node does not: Node 20, Node 22 before 22.18, and files below node_modules on every Node. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

/** True if Node itself loads the TypeScript file at `url`: it strips types from 22.18 and 24 on, but never below node_modules. */
export const stripsTypes = (url) => Boolean(process.features.typescript) && !fileURLToPath(url).split(/[\\/]/).includes('node_modules');

let rolldown;

/**
 * Returns the JavaScript of the file at `url`, with a source map, so that errors name lines of the TypeScript.
 * @throws SyntaxError whose message begins with `path:line:column: `
 */
export function javaScriptOf(url) {
  // Loaded only where a file needs it; by `require`, because a hook of `module.registerHooks` cannot wait.
  rolldown ??= createRequire(import.meta.url)('rolldown/utils');
  const path = fileURLToPath(url);
  const { code, map, errors } = rolldown.transformSync(path, readFileSync(path, 'utf8'), {
    lang: 'ts',
    sourcemap: true,
    // A tsconfig found near a study must not change what its code means.
    tsconfig: false,
    // As Node does; the type check of studies refuses imports of types without `type`.
    typescript: { onlyRemoveTypeImports: true },
  });
  if (errors.length > 0) throw syntaxError(path, errors[0]);
  const inline = Buffer.from(JSON.stringify({ ...map, sources: [url] })).toString('base64');
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${inline}\n`;
}

/** Of rolldown's message, which draws the place in colour below it, the first line without its code. */
function syntaxError(path, { message, loc }) {
  const [first] = stripVTControlCharacters(message).split('\n');
  const place = loc === undefined ? path : `${path}:${loc.line}:${loc.column + 1}`;
  return new SyntaxError(`${place}: ${first.replace(/^\[\w+\] /, '')}`);
}
