import { fileURLToPath } from 'node:url';
import { runsFromSources } from '../core/package-root.ts';

/** Returns a file of the running program; the files of a build lie beside the chunk that contains this module. */
const fileOf = (sources: string, build: string): string => fileURLToPath(new URL(runsFromSources ? sources : build, import.meta.url));

/** Entry file of a worker process. */
export const workerEntry = fileOf('./worker/main.mjs', './worker.js');

/** Entry file of a pool thread. */
export const threadEntry = fileOf('./thread/entry.mjs', './thread.js');

/** Program that starts a trainer and ends with it. */
export const guardEntry = fileOf('../interop/trainer/process/guard.mjs', './guard.mjs');

/** Types of what a study may import of the package, for the compiler, by name. */
export const publicTypes = {
  assay: fileOf('../index.ts', './types/index.d.ts'),
  'assay/testing': fileOf('../testing/index.ts', './types/testing/index.d.ts'),
  'assay/client': fileOf('../client/index.ts', './types/client/index.d.ts'),
} as const;

/** The package-lock.json of the build (null: the program runs from its sources). */
export const builtLockfile = runsFromSources ? null : fileOf('', './package-lock.json');
