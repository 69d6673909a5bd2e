/** Where the TensorFlow runtime lives once it is set up, and what was set up there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirOf } from '../../../core/data-dir.ts';

export type Build = 'cpu' | 'gpu';

/** What `runtime.json` beside the add-on says; written last, so that a folder that has it is whole. */
export interface RuntimeFacts {
  readonly tensorflow: string;
  readonly build: Build;
  /** Hashes of the wheels that it was taken from: a change of ours asks for a new setup. */
  readonly wheels: readonly string[];
  /** The version of the tfjs package whose add-on was compiled. */
  readonly addon: string;
}

export const homeOf = (build: Build, dataDir?: string): string => join(dataDirOf(dataDir), 'tensorflow', build);

export const addonOf = (home: string): string => join(home, 'tfjs_binding.node');

/** The add-on that prepares the environment, loaded before the other. */
export const environmentAddonOf = (home: string): string => join(home, 'environment.node');

export const factsFileOf = (home: string): string => join(home, 'runtime.json');

/** The runtimes that are set up, the one for GPUs first: it runs without one as well. */
export function installedRuntimes(dataDir?: string): readonly { readonly home: string; readonly facts: RuntimeFacts }[] {
  return (['gpu', 'cpu'] as const)
    .map((build) => homeOf(build, dataDir))
    .filter((home) => existsSync(factsFileOf(home)))
    .map((home) => ({ home, facts: JSON.parse(readFileSync(factsFileOf(home), 'utf8')) as RuntimeFacts }));
}
