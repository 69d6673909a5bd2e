import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDataDir, makePrivateFolder, openFolders } from './data-dir.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-data-dir-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (path: string): number => statSync(path).mode & 0o777;

test('a new data directory, and what is made in it, can be read by its owner alone', () => {
  const before = process.umask(0o022);
  try {
    const dataDir = join(folder, 'a', 'data');
    makePrivateFolder(dataDir, join(dataDir, 'artifacts', 'drafts'));
    expect(modeOf(dataDir)).toBe(process.getuid?.() === 0 ? 0o711 : 0o700);
    for (const path of ['artifacts', 'artifacts/drafts']) expect(modeOf(join(dataDir, path))).toBe(0o700);
    expect(openFolders(dataDir)).toEqual([]);
  } finally {
    process.umask(before);
  }
});

test('one that exists keeps its rights, and what others can read in it is found', () => {
  chmodSync(folder, 0o755);
  makeDataDir(folder);
  expect(modeOf(folder)).toBe(0o755);
  mkdirSync(join(folder, 'artifacts'), { mode: 0o700 });
  mkdirSync(join(folder, 'datasets'));
  chmodSync(join(folder, 'datasets'), 0o755);
  expect(openFolders(folder)).toEqual([join(folder, 'datasets')]);
  chmodSync(folder, 0o700);
  expect(openFolders(folder)).toEqual([]);
});
