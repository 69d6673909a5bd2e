/**
 * How this package's threads find modules. In the shape of both `module.register` (asynchronous chain) and
 * `module.registerHooks` (synchronous chain).
 *
 * - A study file imports `assay` by name wherever on disk it lies: the bare specifier is resolved as if the package itself
 *   had imported it, so that `exports` of package.json decides what is public.
 * - A `.ts` file is an ES module even where no package.json says so: Node 20 with tsx would take it for CommonJS and fail
 *   with ERR_REQUIRE_CYCLE_MODULE.
 * - What this package's files and those of drizzle-orm import by relative path is where it says, and what the importing file is.
 *   Node would ask the nearest package.json of each file, and parses the 180 kB of drizzle-orm's anew for each of its 100 files:
 *   0.5 s at every start of a process or thread (measured on Node 24).
 */
const packageUrl = new URL('../../../package.json', import.meta.url).href;
const typeScriptFormat = process.features.typescript ? 'module-typescript' : 'module';

const sourceUrl = new URL('../../', import.meta.url).href;

const isOurs = (specifier) => specifier === 'assay' || specifier.startsWith('assay/');

const isTypeScript = (url) => url.startsWith('file:') && new URL(url).pathname.endsWith('.ts');

const asModule = (resolved) => (isTypeScript(resolved.url) ? { ...resolved, format: typeScriptFormat } : resolved);

/** The format of what a file imports by relative path, or null where Node must find out. */
function formatBeside(specifier, parentUrl) {
  if (!specifier.startsWith('.') || parentUrl === undefined) return null;
  if (parentUrl.startsWith(sourceUrl) && specifier.endsWith('.ts')) return typeScriptFormat;
  return parentUrl.includes('/node_modules/drizzle-orm/') && specifier.endsWith('.js') ? 'module' : null;
}

export function resolve(specifier, context, nextResolve) {
  const format = formatBeside(specifier, context.parentURL);
  if (format !== null) return { url: new URL(specifier, context.parentURL).href, format, shortCircuit: true };
  const resolved = nextResolve(specifier, isOurs(specifier) ? { ...context, parentURL: packageUrl } : context);
  return resolved instanceof Promise ? resolved.then(asModule) : asModule(resolved);
}
