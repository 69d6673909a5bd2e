import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { stopEmbedded } from '../src/storage/embedded/server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the embedded server of this run keeps its files; the first test file that needs a database starts it. */
    readonly testDataDir: string;
  }
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), 'assay-tests-'));
  const dataDir = join(home, 'data');
  provide('testDataDir', dataDir);
  return async () => {
    if (existsSync(dataDir)) await stopEmbedded({ dataDir });
    await rm(home, { recursive: true, force: true });
  };
}
