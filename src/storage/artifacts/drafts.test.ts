import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { draftName, draftsFolder, sweepDrafts } from './drafts.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'assay-drafts-'));
  await mkdir(draftsFolder(dataDir), { recursive: true });
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const write = (name: string) => writeFile(join(draftsFolder(dataDir), name), 'half of somethi');

test('only drafts of dead processes of this machine, and very old ones, are swept away', async () => {
  const { pid: dead } = spawnSync(process.execPath, ['--version']);
  const mine = draftName();
  const [ofDead, elsewhere, ancient] = [`${hostname()}.${dead}.${'a'.repeat(12)}`, `other-host.${dead}.${'b'.repeat(12)}`, 'who knows'];
  for (const name of [mine, ofDead, elsewhere, ancient]) await write(name);
  const longAgo = new Date(Date.now() - 2 * 24 * 3_600_000);
  await utimes(join(draftsFolder(dataDir), ancient), longAgo, longAgo);
  await sweepDrafts(dataDir);
  expect((await readdir(draftsFolder(dataDir))).sort()).toEqual([mine, elsewhere].sort());
  await sweepDrafts(dataDir, { own: true });
  expect(await readdir(draftsFolder(dataDir))).toEqual([elsewhere]);
});

test('where nothing was ever written there is nothing to sweep', async () => {
  await sweepDrafts(join(dataDir, 'elsewhere'));
});
