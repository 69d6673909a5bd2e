import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

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
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    globalSetup: ['tests/global-setup.ts'],
    typecheck: { enabled: false },
    testTimeout: 120_000,
    hookTimeout: 240_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
