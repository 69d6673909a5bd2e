import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { SlowestFirst } from './tools/slowest-first.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Tests that start whole programs, and therefore take longest. */
const programs = ['tests/{runner,e2e,chaos,browser}/**/*.test.ts'];

/** Files that replace modules, which would stay replaced. */
const mocking = ['src', 'tests'].flatMap((folder) =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts') && readFileSync(`${root}${folder}/${path}`, 'utf8').includes('vi.mock('))
    .map((path) => `${folder}/${path}`),
);

/** Tests that replace parts of the process or load native code that it keeps: each has a process of its own. */
const alone = [
  ...mocking,
  'src/storage/artifacts/disk-full.test.ts',
  'src/tensor/executors/**/*.test.ts',
  'src/trading/task/objective.test.ts',
  'tests/agents/**/*.test.ts',
];

export default defineConfig({
  root,
  resolve: {
    alias: [
      { find: /^assay$/, replacement: fileURLToPath(new URL('../src/index.ts', import.meta.url)) },
      { find: /^assay\/(testing|client)$/, replacement: `${fileURLToPath(new URL('../src/', import.meta.url))}$1/index.ts` },
      // Tests are loaded from the sources; the processes and threads that they start, from the build.
      {
        find: /^\.{1,2}\/(\.\.\/)*program-entries\.ts$/,
        replacement: fileURLToPath(new URL('fixtures/program-entries.ts', import.meta.url)),
      },
    ],
  },
  test: {
    globalSetup: ['tests/global-setup.ts'],
    setupFiles: ['tests/setup.ts'],
    typecheck: { enabled: false },
    testTimeout: 'ASSAY_PROPERTY_RUNS' in process.env ? 1_800_000 : 120_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks',
    // Twice the cores of the smallest machine: tests that start programs wait for half of their time and more.
    maxWorkers: 4,
    sequence: { sequencer: SlowestFirst },
    // What files import is loaded once for all that share a process; they leave it as they found it.
    projects: [
      { extends: true, test: { name: 'programs', include: programs, isolate: false } },
      { extends: true, test: { name: 'alone', include: alone } },
      {
        extends: true,
        test: { name: 'others', include: ['{src,tests,examples}/**/*.test.ts'], exclude: [...programs, ...alone], isolate: false },
      },
    ],
  },
});
