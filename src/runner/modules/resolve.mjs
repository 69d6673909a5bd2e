/**
 * How this package's threads find modules. In the shape of both `module.register` (asynchronous chain) and
 * `module.registerHooks` (synchronous chain).
 *
 * - A study file imports `assay` by name wherever on disk it lies: the bare specifier is resolved as if the package itself
 *   had imported it, so that `exports` of package.json decides what is public.
 * - A `.ts` file is an ES module even where no package.json says so: Node 20 with tsx would take it for CommonJS and fail
 *   with ERR_REQUIRE_CYCLE_MODULE.
 */
const packageUrl = new URL('../../../package.json', import.meta.url).href;
const typeScriptFormat = process.features.typescript ? 'module-typescript' : 'module';

const isOurs = (specifier) => specifier === 'assay' || specifier.startsWith('assay/');

const isTypeScript = (url) => url.startsWith('file:') && new URL(url).pathname.endsWith('.ts');

const asModule = (resolved) => (isTypeScript(resolved.url) ? { ...resolved, format: typeScriptFormat } : resolved);

export function resolve(specifier, context, nextResolve) {
  const resolved = nextResolve(specifier, isOurs(specifier) ? { ...context, parentURL: packageUrl } : context);
  return resolved instanceof Promise ? resolved.then(asModule) : asModule(resolved);
}
