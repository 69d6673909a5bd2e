/**
 * Module hooks of this package's processes and threads, for both `module.register` (asynchronous chain) and
 * `module.registerHooks` (synchronous chain).
 *
 * - A study file anywhere on disk imports `assay` by name and gets the modules of the running program: of the build that contains this
 *   file, or the sources.
 * - A `.ts` file is an ES module even without a package.json.
 * - A `.ts` file is transformed where Node does not strip types.
 * - Relative imports of this package and of drizzle-orm are resolved without a lookup and have the format of the importing file.
 *   Node would read the nearest package.json for each file, and parses the 180 kB of drizzle-orm's for each of its 100 files:
 *   0.5 s at every start of a process or thread from the sources (measured on Node 24).
 */
import { javaScriptOf, stripsTypes } from './transform.mjs';

const ofSources = import.meta.url.endsWith('/src/runner/node-hooks/hooks.mjs');
const programUrl = new URL(ofSources ? '../../' : './', import.meta.url).href;
const indexUrl = new URL(ofSources ? 'index.ts' : 'index.js', programUrl).href;
const packageUrl = new URL(ofSources ? '../package.json' : '../../package.json', programUrl).href;

const typeScriptFormat = process.features.typescript ? 'module-typescript' : 'module';
const programFormat = ofSources ? typeScriptFormat : 'module';

const isTypeScript = (url) => url.startsWith('file:') && new URL(url).pathname.endsWith('.ts');

const asModule = (resolved) => (isTypeScript(resolved.url) ? { ...resolved, format: typeScriptFormat } : resolved);

/** Returns the format of a relative import (null: Node has to determine it). */
function formatOfRelative(specifier, parentUrl) {
  if (!specifier.startsWith('.') || parentUrl === undefined) return null;
  if (parentUrl.startsWith(programUrl) && (!ofSources || specifier.endsWith('.ts'))) return programFormat;
  return parentUrl.includes('/node_modules/drizzle-orm/') && specifier.endsWith('.js') ? 'module' : null;
}

export function resolve(specifier, context, nextResolve) {
  if (specifier === 'assay') return { url: indexUrl, format: programFormat, shortCircuit: true };
  const format = formatOfRelative(specifier, context.parentURL);
  if (format !== null) return { url: new URL(specifier, context.parentURL).href, format, shortCircuit: true };
  const resolved = nextResolve(specifier, specifier.startsWith('assay/') ? { ...context, parentURL: packageUrl } : context);
  return resolved instanceof Promise ? resolved.then(asModule) : asModule(resolved);
}

/** Transforms TypeScript that Node would not load. */
export function load(url, context, nextLoad) {
  if (!isTypeScript(url) || stripsTypes(url)) return nextLoad(url, context);
  return { format: 'module', source: javaScriptOf(url), shortCircuit: true };
}
