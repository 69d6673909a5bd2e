import { cp, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pagesFolder } from './build.ts';

const packages = ['vite', 'preact', '@preact/signals', '@tanstack/query-core', 'uplot', 'lucide'];

/** Stands for the builder: writes the page whole, as the real one does, and counts its runs. */
const builder = `
import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
const [folder] = process.argv.slice(2);
appendFileSync(new URL('../../runs', import.meta.url), 'x');
if (existsSync(new URL('broken', import.meta.url))) { console.error('page.tsx does not parse'); process.exit(1); }
const draft = folder + '.draft-' + process.pid;
mkdirSync(draft);
writeFileSync(draft + '/index.html', 'page');
try { renameSync(draft, folder); } catch (error) { if (!existsSync(folder + '/index.html')) throw error; rmSync(draft, { recursive: true }); }
`;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-web-'));
  await Promise.all(
    ['root/src/web', 'root/src/plot', ...packages.map((name) => `root/node_modules/${name}`)].map((path) =>
      mkdir(join(folder, path), { recursive: true }),
    ),
  );
  await writeFile(join(folder, 'root/src/web/build.mjs'), builder);
  for (const name of packages) await writeFile(join(folder, `root/node_modules/${name}/package.json`), '{ "version": "1.0.0" }');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const built = (root = join(folder, 'root')) => pagesFolder({ root, dataDir: join(folder, 'data') });
const versions = () => readdir(join(folder, 'data/web'));

test('a version is built once, and again when a source or a library changes', async () => {
  const first = await built();
  expect(await built()).toBe(first);
  await writeFile(join(folder, 'root/src/plot/scale.ts'), 'export {};');
  const second = await built();
  await writeFile(join(folder, 'root/node_modules/uplot/package.json'), '{ "version": "1.0.1" }');
  const third = await built();
  expect(new Set([first, second, third]).size).toBe(3);
  await writeFile(join(folder, 'root/src/plot/scale.test.ts'), 'a test is no part of it');
  expect(await built()).toBe(third);
});

test('two servers that build one version at once both serve it', async () => {
  const [one, other] = await Promise.all([built(), built()]);
  expect(one).toBe(other);
  expect(await versions()).toHaveLength(1);
});

test('builds of other versions go when nobody can be about to read them', async () => {
  await built();
  const old = join(folder, 'data/web/0123456789abcdef');
  const recent = join(folder, 'data/web/fedcba9876543210.draft-1');
  await Promise.all([mkdir(old), mkdir(recent)]);
  const longAgo = new Date(Date.now() - 2 * 3_600_000);
  await utimes(old, longAgo, longAgo);
  await writeFile(join(folder, 'root/src/web/main.ts'), '');
  await built();
  expect(await versions()).not.toContain('0123456789abcdef');
  expect(await versions()).toContain('fedcba9876543210.draft-1');
});

test('a build that fails says why and how to see more, and leaves nothing', async () => {
  await writeFile(join(folder, 'root/src/web/broken'), '');
  await expect(built()).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('page.tsx does not parse'),
    hint: expect.stringMatching(/^`node src\/web\/build\.mjs .*` run in|^`node src\/web\/build\.mjs/),
  });
  expect(await versions()).toEqual([]);
});

test('without the builder the pages that the package carries are served; with neither the command to run is named', async () => {
  const root = join(folder, 'package');
  await cp(join(folder, 'root'), root, { recursive: true });
  await rm(join(root, 'node_modules/vite'), { recursive: true });
  await expect(built(root)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('vite'),
    hint: expect.stringContaining('npm ci --include=dev'),
  });
  await mkdir(join(root, 'dist/web'), { recursive: true });
  await writeFile(join(root, 'dist/web/index.html'), 'carried');
  expect(await built(root)).toBe(join(root, 'dist/web'));
});
