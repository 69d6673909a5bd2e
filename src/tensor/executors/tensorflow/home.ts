/** Folders and files of the TensorFlow runtime after its setup. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirOf } from '../../../core/data-dir.ts';

export type Build = 'cpu' | 'gpu';

/** Content of `runtime.json` beside the add-on; written last, so that a folder with it is complete. */
export interface RuntimeFacts {
  readonly tensorflow: string;
  readonly build: Build;
  /** SHA-256 of the wheels that it was extracted from; other pinned wheels need a new setup. */
  readonly wheels: readonly string[];
  /** The version of the tfjs package whose add-on was compiled. */
  readonly addon: string;
}

export const homeOf = (build: Build, dataDir?: string): string => join(dataDirOf(dataDir), 'tensorflow', build);

export const addonOf = (home: string): string => join(home, 'tfjs_binding.node');

/** The add-on that sets environment variables, loaded before the one of tfjs. */
export const environmentAddonOf = (home: string): string => join(home, 'environment.node');

export const factsFileOf = (home: string): string => join(home, 'runtime.json');

/** Returns the runtimes that are set up, the GPU build first, which also runs without a GPU. */
export function installedRuntimes(dataDir?: string): readonly { readonly home: string; readonly facts: RuntimeFacts }[] {
  return (['gpu', 'cpu'] as const)
    .map((build) => homeOf(build, dataDir))
    .filter((home) => existsSync(factsFileOf(home)))
    .map((home) => ({ home, facts: JSON.parse(readFileSync(factsFileOf(home), 'utf8')) as RuntimeFacts }));
}
