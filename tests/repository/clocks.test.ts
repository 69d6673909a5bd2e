import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';

/** The engine of backtest, replay and market has no clock and no randomness: the rule that says so finds what it forbids. */
const root = fileURLToPath(new URL('../../', import.meta.url));

const planted = [
  'export const at = Date.now();',
  'export const at = new Date();',
  'export const at = performance.now();',
  'export const timer = setTimeout(() => undefined, 1);',
  'export const timer = setInterval(() => undefined, 1);',
  'export const timer = setImmediate(() => undefined);',
  'export const chance = Math.random();',
  'export const at = process.hrtime.bigint();',
  "import { setTimeout as wait } from 'node:timers/promises';\nexport const waited = wait(1);",
  "import { randomUUID } from 'node:crypto';\nexport const id = randomUUID();",
  "import { performance } from 'node:perf_hooks';\nexport const at = performance.now();",
];

/** Rooms without clocks, each with a file for every planted text. */
const rooms = ['engine', 'broker/paper', 'risk'];

/** The rules that each file of a little tree breaks under the project's configuration. */
const broken = new Map<string, string[]>();

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-clocks-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${text}\n`);
    broken.set(path, []);
  };
  try {
    cpSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const [i, text] of planted.entries()) for (const room of [...rooms, 'feed']) write(`src/live/${room}/planted-${i}.ts`, text);
    write('src/live/engine/a.test.ts', planted[0]!);
    const { stdout } = spawnSync(process.execPath, [join(root, 'node_modules/.bin/oxlint'), '--format', 'json', 'src'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const { diagnostics } = JSON.parse(stdout) as { readonly diagnostics: readonly { readonly code: string; readonly filename: string }[] };
    for (const { code, filename } of diagnostics) broken.get(filename)!.push(code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.each([...planted.entries()])('%i: refuses %s', (i) => {
  for (const room of rooms)
    expect(broken.get(`src/live/${room}/planted-${i}.ts`), room).toContainEqual(
      expect.stringMatching(/^eslint\(no-restricted-(globals|properties|imports)\)$/),
    );
  expect(broken.get(`src/live/feed/planted-${i}.ts`)).toEqual([]);
});

test('lets their tests use clocks', () => {
  expect(broken.get('src/live/engine/a.test.ts')).toEqual([]);
});
