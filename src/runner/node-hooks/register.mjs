/**
 * Makes TypeScript and the name `assay` importable in the thread that calls it. Plain JavaScript: where the program runs from its sources,
 * this runs before anything can load TypeScript. Each thread registers for itself, because a thread of Node 20 inherits no hooks.
 */
import * as nodeModule from 'node:module';
import { load, resolve } from './hooks.mjs';
import { stripsTypes } from './transform.mjs';

let registered = false;

/** Lets this thread import the TypeScript file at `url`, which may import `assay`. */
export function prepareImports(url) {
  // Lines of what the hooks have transformed are found by its source map.
  if (!stripsTypes(url)) process.setSourceMapsEnabled(true);
  if (registered) return;
  registered = true;
  if (nodeModule.registerHooks) nodeModule.registerHooks({ resolve, load });
  else nodeModule.register('./hooks.mjs', import.meta.url);
}

/** Lets this thread run the program from its sources. */
export function registerModules() {
  // Reuses compiled code (Node 22.1 and later), which halves the start of a process.
  nodeModule.enableCompileCache?.();
  prepareImports(import.meta.url);
}
