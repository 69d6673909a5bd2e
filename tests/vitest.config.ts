import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Folders of functions: the files that test them share a process, so that what they import is loaded once. They leave it as they found it. */
const shared = ['core', 'search', 'tensor', 'market', 'features', 'validation', 'trading'];
const others = readdirSync(`${root}src`).filter((folder) => !shared.includes(folder));
const testsIn = (folder: string): string => `src/${folder}/**/*.test.ts`;

/** Tests of functions that replace parts of the process or load native code that it keeps. */
const alone = ['src/core/config-file.test.ts', 'src/tensor/executors/**/*.test.ts', 'src/trading/task/objective.test.ts'];

export default defineConfig({
  root,
  resolve: {
    alias: [
      { find: /^assay$/, replacement: fileURLToPath(new URL('../src/index.ts', import.meta.url)) },
      // Tests are loaded from the sources; the processes and threads that they start, from the build.
      {
        find: /^\.{1,2}\/(\.\.\/)*program-entries\.ts$/,
        replacement: fileURLToPath(new URL('fixtures/program-entries.ts', import.meta.url)),
      },
    ],
  },
  test: {
    globalSetup: ['tests/global-setup.ts'],
    typecheck: { enabled: false },
    testTimeout: 120_000,
    hookTimeout: 240_000,
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'functions', include: shared.map(testsIn), exclude: alone, isolate: false } },
      { extends: true, test: { name: 'processes', include: [...alone, ...others.map(testsIn), 'tests/**/*.test.ts'] } },
    ],
  },
});
