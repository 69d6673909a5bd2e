import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sha256 } from '../../core/json.ts';
import { bytesToFloats, floatsToBytes } from './floats.ts';
import { createArtifactStore } from './open.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'assay-artifacts-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const bytes = new TextEncoder().encode('a policy');
const hash = sha256(bytes);

test('gives back what was put, under its SHA-256', async () => {
  const store = createArtifactStore(dataDir);
  expect(await store.put(bytes)).toEqual({ hash, bytes: bytes.byteLength });
  expect(Buffer.from(await store.get(hash))).toEqual(Buffer.from(bytes));
  expect(store.pathOf(hash)).toBe(join(dataDir, 'artifacts', hash.slice(0, 2), hash.slice(2)));
});

test('takes the same bytes from many writers at once and leaves one file', async () => {
  const store = createArtifactStore(dataDir);
  await Promise.all(Array.from({ length: 8 }, () => store.put(bytes)));
  expect(await readdir(dirname(store.pathOf(hash)))).toEqual([hash.slice(2)]);
});

test('refuses damaged bytes, and the next put of the right ones mends them', async () => {
  const store = createArtifactStore(dataDir);
  await store.put(bytes);
  await truncate(store.pathOf(hash), 3);
  await expect(store.get(hash)).rejects.toMatchObject({ code: 'data_invalid', place: store.pathOf(hash) });
  await store.put(bytes);
  expect(await store.get(hash)).toHaveLength(bytes.byteLength);
});

test('says where it looked for an artifact that is not there', async () => {
  const store = createArtifactStore(dataDir);
  await expect(store.get(hash)).rejects.toMatchObject({
    code: 'not_found',
    place: store.pathOf(hash),
    hint: expect.stringContaining('--data-dir'),
  });
});

test('takes no path for a hash', async () => {
  await expect(async () => createArtifactStore(dataDir).get('../../etc/passwd')).rejects.toMatchObject({ code: 'usage' });
});

test('leaves no draft behind when it cannot write', async () => {
  const store = createArtifactStore(dataDir);
  await writeFile(join(dataDir, 'artifacts'), 'in the way');
  await expect(store.put(bytes)).rejects.toThrow();
  expect(await readdir(dataDir)).toEqual(['artifacts']);
});

test('curves keep every float, NaN and infinities included', () => {
  const curve = Float64Array.of(0.1, -0, Number.NaN, Number.POSITIVE_INFINITY, 5e-324);
  expect(bytesToFloats(floatsToBytes(curve))).toEqual(curve);
  expect(floatsToBytes(Float64Array.of(1))).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0xf0, 0x3f));
});
