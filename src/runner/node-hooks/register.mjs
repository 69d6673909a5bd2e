/**
 * Makes TypeScript and the name `assay` importable in the thread that calls it. Plain JavaScript: where the program runs from its sources,
 * this runs before anything can load TypeScript. Each thread registers for itself, because a thread of Node 20 inherits no hooks.
 */
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';
import { resolve } from './resolve.mjs';

/** Node strips types itself from 22.18 and 24 on, but never in files below node_modules. */
const stripsTypes = (url) => Boolean(process.features.typescript) && !fileURLToPath(url).split(/[\\/]/).includes('node_modules');

let tsxRegistered = false;

/** Registers tsx where Node cannot load TypeScript itself. */
async function ensureTypeScript(url) {
  if (tsxRegistered || stripsTypes(url)) return;
  tsxRegistered = true;
  const { register } = await import('tsx/esm/api');
  // A tsconfig found near a study must not change what its code means.
  register({ tsconfig: false });
}

let registered = false;

/** Lets this thread import the TypeScript file at `url`, which may import `assay`. */
export async function prepareImports(url) {
  await ensureTypeScript(url);
  if (registered) return;
  registered = true;
  // Hooks run in reverse order of registration: `assay` is redirected before tsx sees it.
  if (nodeModule.registerHooks) nodeModule.registerHooks({ resolve });
  else nodeModule.register('./resolve.mjs', import.meta.url);
}

/** Lets this thread run the program from its sources. */
export async function registerModules() {
  // Reuses compiled code (Node 22.1 and later), which halves the start of a process.
  nodeModule.enableCompileCache?.();
  await prepareImports(import.meta.url);
}
