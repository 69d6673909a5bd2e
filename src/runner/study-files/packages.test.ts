import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { packagesOf } from './packages.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-packages-'));
const study = join(folder, 'studies', 'x.ts');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const packages = {
  '': { name: 'mine', version: '1.0.0' },
  'node_modules/sums': { version: '1.2.3', integrity: 'sha512-a', license: 'MIT' },
  'node_modules/sums/node_modules/deep': { version: '2.0.0', integrity: 'sha512-b' },
  'node_modules/native': { version: '1.0.0', integrity: 'sha512-j', os: ['linux', 'darwin'] },
  'node_modules/tests': { version: '4.0.0', integrity: 'sha512-c', dev: true },
  'node_modules/@sums/linux': { version: '1.2.3', integrity: 'sha512-d', optional: true, os: ['linux'], cpu: ['x64'] },
};

const hashNow = async (file: string): Promise<string | null> => (await packagesOf(file)).now;

function lock(changed: object = {}): Promise<string | null> {
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages: { ...packages, ...changed } }, null, 2));
  return hashNow(study);
}

beforeEach(() => mkdirSync(join(folder, 'studies'), { recursive: true }));

test('another version, other content under the same version and an additional package each change the hash', async () => {
  const before = await lock();
  const others = [
    await lock({ 'node_modules/sums': { version: '1.2.4', integrity: 'sha512-e' } }),
    await lock({ 'node_modules/sums': { version: '1.2.3', integrity: 'sha512-e' } }),
    await lock({ 'node_modules/sums/node_modules/deep': { version: '2.0.1', integrity: 'sha512-f' } }),
    await lock({ 'node_modules/native': { version: '1.0.1', integrity: 'sha512-j', os: ['linux', 'darwin'] } }),
    await lock({ 'node_modules/more': { version: '1.0.0', integrity: 'sha512-g' } }),
  ];
  expect(before).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set([before, ...others]).size).toBe(6);
  expect(await lock()).toBe(before);
});

test('development tools, builds for a platform, licences and the order of entries do not change the hash', async () => {
  const before = await lock();
  expect(await lock({ 'node_modules/tests': { version: '5.0.0', integrity: 'sha512-h', dev: true } })).toBe(before);
  expect(await lock({ 'node_modules/@sums/linux': undefined })).toBe(before);
  expect(await lock({ 'node_modules/@sums/darwin': { version: '1.2.3', integrity: 'sha512-i', optional: true, os: ['darwin'] } })).toBe(
    before,
  );
  expect(await lock({ 'node_modules/sums': { license: 'ISC', integrity: 'sha512-a', version: '1.2.3' } })).toBe(before);
});

test('a lock file of an unknown format is hashed as text', async () => {
  writeFileSync(join(folder, 'package-lock.json'), 'sums@1.2.3\n');
  const before = await hashNow(study);
  writeFileSync(join(folder, 'package-lock.json'), 'sums@1.2.4\n');
  expect(await hashNow(study)).not.toBe(before);
});

test('a study without a lock file has the packages of this checkout', async () => {
  const ours = await hashNow(join(import.meta.dirname, 'x.ts'));
  rmSync(join(folder, 'package-lock.json'));
  expect(await hashNow(study)).toBe(ours);
  expect(ours).toMatch(/^[0-9a-f]{64}$/);
  expect(await lock()).not.toBe(ours);
});
