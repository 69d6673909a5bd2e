import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
let folder: string | undefined;

afterEach(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  folder = undefined;
});

/** A little tree of its own under the project's rules; returns what the check prints. */
function checkTree(files: Readonly<Record<string, string>>): { readonly code: number | null; readonly output: string } {
  folder = mkdtempSync(join(tmpdir(), 'assay-layers-'));
  for (const name of ['.dependency-cruiser.mjs', 'tsconfig.json', 'package.json']) cpSync(join(root, name), join(folder, name));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const run = spawnSync(join(root, 'node_modules/.bin/depcruise'), ['--config', '.dependency-cruiser.mjs', '--output-type', 'err', 'src'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: run.status, output: run.stdout + run.stderr };
}

test('accepts an import from a lower layer', () => {
  const { code, output } = checkTree({
    'src/core/a.ts': 'export const a = 1;\n',
    'src/search/b.ts': "import { a } from '../core/a.ts';\nexport const b = a;\n",
  });
  expect(output).toContain('no dependency violations');
  expect(code).toBe(0);
});

test('names the rule of every upward or sideways import, and of a thread that reaches the database by a detour', () => {
  const planted = [
    ['layer-core', 'core', 'search'],
    ['layer-search', 'search', 'market'],
    ['layer-trading', 'trading', 'storage'],
    ['layer-storage', 'storage', 'runner'],
    ['layer-registry', 'registry', 'runner'],
  ] as const;
  const { code, output } = checkTree({
    ...Object.fromEntries(
      planted.map(([, from, to]) => [`src/${from}/planted.ts`, `import { b } from '../${to}/target.ts';\nexport const a = b;\n`]),
    ),
    ...Object.fromEntries(planted.map(([, , to]) => [`src/${to}/target.ts`, 'export const b = 1;\n'])),
    'src/runner/thread/entry.ts': "import { a } from '../detour.ts';\nexport const entry = a;\n",
    'src/plot/node.ts': "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n",
    'src/runner/detour.ts': "import pg from 'pg';\nexport const a = pg.Pool;\n",
  });
  for (const [rule, from, to] of planted) expect(output).toContain(`error ${rule}: src/${from}/planted.ts → src/${to}/target.ts`);
  expect(output).toContain('error plot-stands-alone: src/plot/node.ts → fs');
  expect(output).toMatch(/error threads-stay-light: src\/runner\/thread\/entry\.ts → .*node_modules\/pg\//);
  expect(code).not.toBe(0);
});
