import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { mountSmallDisk } from '../../../tests/fixtures/small-disk.ts';
import { freeBytes } from '../../core/free-space.ts';
import { draftsFolder } from './drafts.ts';
import { createArtifactStore } from './open.ts';
import type { ArtifactStore, ListedArtifact } from './store.ts';

const megabyte = 2 ** 20;
const disk = mountSmallDisk(8 * megabyte);
if (disk === null) console.warn('skipped: full disks, since this user may not mount a small one');

async function listed(store: ArtifactStore): Promise<readonly ListedArtifact[]> {
  const all: ListedArtifact[] = [];
  for await (const artifact of store.list()) all.push(artifact);
  return all;
}

describe.runIf(disk !== null)('a disk that is nearly full', () => {
  afterAll(() => disk?.unmount());
  const dataDir = () => disk!.path;

  test('is refused before anything is written that would eat into the reserve', async () => {
    process.env['ASSAY_DISK_RESERVE_MB'] = '5';
    try {
      const store = createArtifactStore(dataDir(), {});
      await store.put(new Uint8Array(megabyte));
      await expect(store.put(new Uint8Array(3 * megabyte).fill(1))).rejects.toMatchObject({
        code: 'disk_full',
        message: expect.stringMatching(/3.0 MB are wanted and 7.0 MB are free/) as string,
        hint: expect.stringContaining('assay gc') as string,
      });
      expect(await listed(store)).toHaveLength(1);
    } finally {
      delete process.env['ASSAY_DISK_RESERVE_MB'];
    }
  });

  test('that fills while a stream is written leaves no part of it, and what was there stays whole', async () => {
    process.env['ASSAY_DISK_RESERVE_MB'] = '0';
    try {
      const store = createArtifactStore(dataDir(), {});
      const before = await listed(store);
      const endless = function* (): Iterable<Uint8Array> {
        for (let i = 0; i < 12; i++) yield new Uint8Array(megabyte).fill(i);
      };
      await expect(store.put(endless())).rejects.toMatchObject({ code: 'disk_full', message: expect.stringContaining('ENOSPC') as string });
      expect(await readdir(draftsFolder(dataDir()))).toEqual([]);
      expect(await listed(store)).toEqual(before);
      for (const { hash } of before) expect(await store.get(hash)).toHaveLength(megabyte);
      await store.put(new Uint8Array(megabyte).fill(7));
    } finally {
      delete process.env['ASSAY_DISK_RESERVE_MB'];
    }
  });

  test('is measured by the nearest folder that exists', async () => {
    await writeFile(join(dataDir(), 'a file'), 'x');
    expect(await freeBytes(join(dataDir(), 'not', 'there', 'yet'))).toBe(await freeBytes(dataDir()));
  });
});
