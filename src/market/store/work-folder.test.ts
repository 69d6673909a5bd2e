import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeWorkFolder } from './work-folder.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'assay-work-'));
const datasets = join(dataDir, 'datasets');
afterAll(() => rmSync(dataDir, { recursive: true }));

function leftBehind(name: string, days: number, fileDays = days): string {
  const folder = join(datasets, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'NQ-0.spool'), 'x');
  const at = (ago: number) => new Date(Date.now() - ago * 86_400_000);
  utimesSync(join(folder, 'NQ-0.spool'), at(fileDays), at(fileDays));
  utimesSync(folder, at(days), at(days));
  return folder;
}

test('folders that killed processes left behind are removed a day later; all others stay', () => {
  const abandoned = [leftBehind('.reading-a', 2), leftBehind('.writing-nq-b', 2), leftBehind('.generating-c', 2)];
  const kept = [
    leftBehind('.reading-young', 0.5),
    leftBehind('.reading-long-import', 3, 0.1),
    leftBehind('nq', 9),
    leftBehind('.replaced-nq', 9),
  ];
  const folder = makeWorkFolder(dataDir, 'writing', 'nq');
  expect(abandoned.filter(existsSync)).toEqual([]);
  expect(kept.filter((path) => !existsSync(path))).toEqual([]);
  expect(folder.startsWith(join(datasets, '.writing-nq-'))).toBe(true);
  expect(existsSync(folder)).toBe(true);
});
