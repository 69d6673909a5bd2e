import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { mountSmallDisk } from '../fixtures/small-disk.ts';
import { assay } from './assay.ts';

const file = fileURLToPath(new URL('../fixtures/studies/sphere.ts', import.meta.url));
const disk = mountSmallDisk(60 * 2 ** 20);
if (disk === null) console.warn('skipped: commands on a full disk, since this user may not mount a small one');

describe.runIf(disk !== null)('on a disk without space for a database', () => {
  afterAll(() => disk?.unmount());

  test('`assay run` refuses before it makes anything', () => {
    const { code, out, err } = assay(['run', file, '--data-dir', join(disk!.path, 'new')]);
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toMatch(/the disk is full: 60 MB are free, with 64 MB to be left so/);
    expect(err).toMatch(/^hint: .*ASSAY_DISK_RESERVE_MB/m);
    expect(readdirSync(disk!.path)).toEqual([]);
  });

  test('no command makes a database that would eat into the reserve', () => {
    const dataDir = join(disk!.path, 'data');
    const { code, err } = assay(['study', 'ls', '--data-dir', dataDir], { ASSAY_DISK_RESERVE_MB: '20' });
    expect(code).toBe(4);
    expect(err).toMatch(/48 MB are wanted and 60 MB are free, with 20 MB to be left so/);
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
  });
});
