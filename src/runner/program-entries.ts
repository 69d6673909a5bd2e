import { fileURLToPath } from 'node:url';
import { runsFromSources } from '../core/package-root.ts';

/** A file of the running program; those of a build lie beside the chunk that this module is in. */
const fileOf = (sources: string, build: string): string => fileURLToPath(new URL(runsFromSources ? sources : build, import.meta.url));

/** What a worker process starts with. */
export const workerEntry = fileOf('./worker/main.mjs', './worker.js');

/** What a pool thread starts with. */
export const threadEntry = fileOf('./thread/entry.mjs', './thread.js');

/** What `import 'assay'` means to the compiler. */
export const publicTypes = fileOf('../index.ts', './types/index.d.ts');

/** The package-lock.json that the build was made with; null where there is no build. */
export const builtLockfile = runsFromSources ? null : fileOf('', './package-lock.json');
