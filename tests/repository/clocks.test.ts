import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

/** The engine of backtest, replay and market has no clock and no randomness: the rule that says so finds what it forbids. */
const root = fileURLToPath(new URL('../../', import.meta.url));
let folder: string | undefined;

afterEach(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  folder = undefined;
});

/** Lints one file of a little tree under the project's rules; returns what is printed. */
function lint(path: string, text: string): string {
  folder = mkdtempSync(join(tmpdir(), 'assay-clocks-'));
  cpSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules/.bin/oxlint'), '--deny-warnings', 'src'], {
    cwd: folder,
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true, force: true });
  return stdout + stderr;
}

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

test.each(planted)('refuses %s', (text) => {
  for (const place of ['engine', 'broker/paper', 'risk'])
    expect(lint(`src/live/${place}/planted.ts`, `${text}\n`), place).toMatch(/eslint\(no-restricted-(globals|properties|imports)\)/);
  expect(lint('src/live/feed/allowed.ts', `${text}\n`)).toContain('Found 0 warnings and 0 errors');
});

test('lets their tests use clocks, and the rest of the room', () => {
  expect(lint('src/live/engine/a.test.ts', 'export const at = Date.now();\n')).toContain('Found 0 warnings and 0 errors');
});
