import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { currentBuild, keepInUse } from '../src/cli/build/current.mjs';
import { stopEmbedded } from '../src/storage/embedded/server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the build that processes and threads are started from. */
    readonly build: string;
    /** Where the embedded server of this run keeps its files; the first test file that needs a database starts it. */
    readonly testDataDir: string;
  }
}

const root = fileURLToPath(new URL('..', import.meta.url));

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  provide('build', await build());
  const home = await mkdtemp(join(tmpdir(), 'assay-tests-'));
  const dataDir = join(home, 'data');
  provide('testDataDir', dataDir);
  return async () => {
    if (existsSync(dataDir)) await stopEmbedded({ dataDir });
    await rm(home, { recursive: true, force: true });
  };
}

async function build(): Promise<string> {
  const folder = await currentBuild(root, {
    onFailure: (error) => {
      throw error;
    },
  });
  if (folder === null) throw new Error('there is no build');
  keepInUse(folder);
  return folder;
}
