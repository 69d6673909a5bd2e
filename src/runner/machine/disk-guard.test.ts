import { expect, test } from 'vitest';
import { createDiskGuard } from './disk-guard.ts';

function watchedDisk() {
  const disk = { free: 2 ** 30, now: 0, looks: 0, said: [] as string[] };
  const watched = createDiskGuard({
    dataDir: '/data',
    say: (text) => disk.said.push(text),
    now: () => disk.now,
    free: async () => {
      disk.looks += 1;
      return disk.free;
    },
  });
  return { disk, ...watched };
}

test('no trial begins on a full disk; each change is logged once', async () => {
  const { disk, hasSpace } = watchedDisk();
  expect(await hasSpace()).toBe(true);
  disk.free = 2 ** 20;
  expect(await hasSpace()).toBe(true);
  for (disk.now = 1000; disk.now < 5000; disk.now += 500) expect(await hasSpace()).toBe(false);
  disk.free = 2 ** 30;
  disk.now = 10_000;
  expect(await hasSpace()).toBe(true);
  expect(disk.said).toEqual([expect.stringMatching(/is full: no trial begins/), expect.stringMatching(/1024 MB free: trials begin again/)]);
  expect(disk.looks).toBeLessThan(8);
});

test('after a trial found the disk full no other begins for a minute, even if space is free', async () => {
  const { disk, hasSpace, reportFull } = watchedDisk();
  reportFull();
  disk.now = 59_000;
  expect(await hasSpace()).toBe(false);
  disk.now = 60_000;
  expect(await hasSpace()).toBe(true);
});
