import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localCopy } from '../../src/cli/local-copy.mjs';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'assay-package-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

let packed: Packed;
let tarball: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  const { stdout } = await run('npm', ['pack', '--ignore-scripts=false', '--json', '--pack-destination', scratch], {
    cwd: root,
    maxBuffer: 2 ** 24,
  });
  [packed] = JSON.parse(stdout) as [Packed];
  tarball = new Uint8Array(readFileSync(join(scratch, packed.filename)));
});

test('the package has one build, the pages and what the program reads, and is small', () => {
  const paths = packed.files.map(({ path }) => path);
  const builds = new Set(paths.flatMap((path) => /^dist\/([0-9a-f]{16})\//.exec(path)?.[1] ?? []));
  expect([...builds]).toEqual([basename(JSON.parse(readFileSync(join(root, 'dist/current.json'), 'utf8')).build)]);
  expect(paths).toEqual(expect.arrayContaining(['dist/index.js', 'dist/index.d.ts', 'dist/web/index.html', 'dist/web/report.html']));
  expect(paths).toEqual(expect.arrayContaining(['configs/gates/default.yaml', 'migrations/0000_spine.sql', 'docs/gates.md']));
  expect(paths.filter((path) => /\.map$|\.test\.|^tests\/|^data\/|draft-/.test(path))).toEqual([]);
  expect(packed.size).toBeLessThan(5_000_000);
});

test('publint finds nothing', async () => {
  const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer }, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

test('are-the-types-wrong finds nothing', async () => {
  const result = await checkPackage(createPackageFromTarballData(tarball));
  const problems = result.types === false ? [result] : result.problems;
  // Every Node from 20.19 on loads an ES module by `require`, and has known `exports` for long.
  const unsupported = new Set(['node10', 'node16-cjs']);
  const meant = problems.filter((problem) => !('resolutionKind' in problem && unsupported.has(problem.resolutionKind)));
  expect(meant).toEqual([]);
});

test('the copy of a project is found from every folder below it, unless it is the one that runs or another package', () => {
  const project = join(scratch, 'found');
  const copy = join(project, 'node_modules/assay');
  mkdirSync(join(project, 'studies'), { recursive: true });
  mkdirSync(join(copy, 'src'), { recursive: true });
  const manifest = { name: 'assay', version: '1.2.3', bin: { assay: 'src/assay.mjs' } };
  writeFileSync(join(copy, 'package.json'), JSON.stringify(manifest));
  expect(localCopy(project, root)).toBeNull();
  writeFileSync(join(copy, 'src/assay.mjs'), '');
  const found = { version: '1.2.3', folder: copy, url: pathToFileURL(join(copy, 'src/assay.mjs')).href };
  expect(localCopy(join(project, 'studies'), root)).toEqual(found);
  expect(localCopy(project, copy)).toBeNull();
  expect(localCopy(scratch, root)).toBeNull();
  writeFileSync(join(copy, 'package.json'), JSON.stringify({ ...manifest, bin: 'src/assay.mjs' }));
  expect(localCopy(project, root)).toBeNull();
});
