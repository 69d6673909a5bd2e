/**
 * How this package's threads find modules. In the shape of both `module.register` (asynchronous chain) and
 * `module.registerHooks` (synchronous chain).
 *
 * - A study file imports `assay` by name wherever on disk it lies, and gets the modules of the running program: those of the build that this
 *   file is part of, or the sources.
 * - A `.ts` file is an ES module even where no package.json says so: Node 20 with tsx would take it for CommonJS and fail
 *   with ERR_REQUIRE_CYCLE_MODULE.
 * - What this package's files and those of drizzle-orm import by relative path is where it says, and what the importing file is.
 *   Node would ask the nearest package.json of each file, and parses the 180 kB of drizzle-orm's anew for each of its 100 files:
 *   0.5 s at every start of a process or thread from the sources (measured on Node 24).
 */
import { readFile } from 'node:fs/promises';

const ofSources = import.meta.url.endsWith('/src/runner/node-hooks/resolve.mjs');
const programUrl = new URL(ofSources ? '../../' : './', import.meta.url).href;
const indexUrl = new URL(ofSources ? 'index.ts' : 'index.js', programUrl).href;
const packageUrl = new URL(ofSources ? '../package.json' : '../../package.json', programUrl).href;

const typeScriptFormat = process.features.typescript ? 'module-typescript' : 'module';
const programFormat = ofSources ? typeScriptFormat : 'module';

const isTypeScript = (url) => url.startsWith('file:') && new URL(url).pathname.endsWith('.ts');

const asModule = (resolved) => (isTypeScript(resolved.url) ? { ...resolved, format: typeScriptFormat } : resolved);

/** The format of what a file imports by relative path, or null where Node must find out. */
function formatBeside(specifier, parentUrl) {
  if (!specifier.startsWith('.') || parentUrl === undefined) return null;
  if (parentUrl.startsWith(programUrl) && (!ofSources || specifier.endsWith('.ts'))) return programFormat;
  return parentUrl.includes('/node_modules/drizzle-orm/') && specifier.endsWith('.js') ? 'module' : null;
}

export function resolve(specifier, context, nextResolve) {
  if (specifier === 'assay') return { url: indexUrl, format: programFormat, shortCircuit: true };
  const format = formatBeside(specifier, context.parentURL);
  if (format !== null) return { url: new URL(specifier, context.parentURL).href, format, shortCircuit: true };
  const resolved = nextResolve(specifier, specifier.startsWith('assay/') ? { ...context, parentURL: packageUrl } : context);
  return resolved instanceof Promise ? resolved.then(asModule) : asModule(resolved);
}

/** The files of a build are read as they are: tsx would look through each for what it could rewrite. Used on Node 20 only. */
export async function load(url, context, nextLoad) {
  if (ofSources || !url.startsWith(programUrl)) return nextLoad(url, context);
  return { format: 'module', source: await readFile(new URL(url)), shortCircuit: true };
}
