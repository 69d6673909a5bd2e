import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { Capacity } from '../machine/capacity.ts';
import { moduleRefOf, sourceHashOf } from '../study-files/module-ref.ts';
import { incompatibilityOf } from './incompatibility.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-incompatibility-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const capacity: Capacity = { device: 'cpu', slots: 2, cores: 2, memoryMb: 1000 };
const demandAt = (url: string, sourceHash: string) => ({
  needs: null,
  module: { url, sourceHash, packagesHash: null, gitCommit: null, gitDirty: null },
});
const demandOf = (file: string, sourceHash: string) => demandAt(pathToFileURL(file).href, sourceHash);

test('a study whose file differs, is missing or cannot be read is incompatible, and the worker keeps running', async () => {
  const file = join(folder, 'study.ts');
  writeFileSync(file, 'export default 1;\n');
  mkdirSync(join(folder, 'folder.ts'));
  const hash = await sourceHashOf(file);
  expect(await incompatibilityOf(demandOf(file, hash), capacity)).toBeNull();
  expect(await incompatibilityOf(demandOf(file, 'another'), capacity)).toEqual({ part: 'source', because: `${file} is another one here` });
  const absent = join(folder, 'absent.ts');
  expect(await incompatibilityOf(demandOf(absent, hash), capacity)).toEqual({ part: 'source', because: `${absent} is not there` });
  const unreadable = await incompatibilityOf(demandOf(join(folder, 'folder.ts'), hash), capacity);
  expect(unreadable).toMatchObject({ part: 'source', because: expect.stringMatching(/folder\.ts cannot be read: EISDIR/) });
});

test.each(['ask-tell:', 'file://server/share/x.ts'])(
  'a study whose module names no file of this machine is incompatible: %s',
  async (url) => {
    expect(await incompatibilityOf(demandAt(url, ''), capacity)).toEqual({
      part: 'machine',
      because: `${url} names no file of this machine`,
    });
  },
);

test('a study opened with packages installed after this worker started is incompatible', async () => {
  const file = join(folder, 'installed.ts');
  writeFileSync(file, 'export default 1;\n');
  const install = async (version: string) => {
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: { 'node_modules/sums': { version } } }));
    const { url, sourceHash, packagesHash } = await moduleRefOf(file);
    return { needs: null, module: { url, sourceHash, packagesHash } };
  };
  const before = await install('1.0.0');
  expect(await incompatibilityOf(before, capacity)).toBeNull();
  const after = await install('10.0.0');
  expect(await incompatibilityOf(before, capacity)).toMatchObject({ part: 'packages' });
  expect(await incompatibilityOf(after, capacity)).toEqual({
    part: 'machine',
    because: 'package-lock.json has changed since this worker started; restart the worker',
  });
  await install('1.0.0');
  expect(await incompatibilityOf(before, capacity)).toBeNull();
});
