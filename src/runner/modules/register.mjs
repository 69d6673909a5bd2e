/**
 * Makes TypeScript and the name `assay` importable in the thread that calls it. Plain JavaScript: it runs before anything
 * can load TypeScript. Used by the command line, the worker process and the entry of each pool thread, because a thread of
 * Node 20 inherits no hooks.
 */
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';
import { resolve } from './resolve.mjs';

/** Node strips types itself from 22.18 and 24 on, but never in files below node_modules. */
const stripsTypes = (url) => Boolean(process.features.typescript) && !fileURLToPath(url).split(/[\\/]/).includes('node_modules');

let tsxRegistered = false;

/** Lets this thread import the TypeScript file at `url`: nothing to do where Node can, else through tsx. */
export async function ensureTypeScript(url) {
  if (tsxRegistered || stripsTypes(url)) return;
  tsxRegistered = true;
  const { register } = await import('tsx/esm/api');
  // A tsconfig found near a study must not change what its code means.
  register({ tsconfig: false });
}

let registered = false;

/** Once per thread; later calls do nothing. */
export async function registerModules() {
  if (registered) return;
  registered = true;
  // Code that was compiled before need not be compiled again: half of the start of a process, where Node can (from 22.1 on).
  nodeModule.enableCompileCache?.();
  await ensureTypeScript(import.meta.url);
  // Registered last, asked first: `assay` is redirected before tsx sees it.
  if (nodeModule.registerHooks) nodeModule.registerHooks({ resolve });
  else nodeModule.register('./resolve.mjs', import.meta.url);
}
