import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSpool } from './spool.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-spool-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a spool gives back its bars in blocks, forwards and backwards, more than memory holds at once', () => {
  const rows = 150_001;
  const spool = createSpool(folder, 'A', ['ofi']);
  for (let row = 0; row < rows; row++) spool.push(row, 1, 2, 3, 4, 5, [-row]);
  const read = (order: 'pushed' | 'reversed') => [...spool.stream(order).blocks()];
  expect(spool.rows()).toBe(rows);
  expect(read('pushed').map((block) => block.time.length)).toEqual([65_536, 65_536, 18_929]);
  for (const [order, first, last] of [
    ['pushed', 0, rows - 1],
    ['reversed', rows - 1, 0],
  ] as const) {
    const blocks = read(order);
    expect([blocks[0]!.time[0], blocks.at(-1)!.time.at(-1), blocks[0]!.extra['ofi']![0]]).toEqual([first, last, first === 0 ? -0 : -first]);
    expect(blocks.reduce((n, block) => n + block.time.length, 0)).toBe(rows);
  }
  spool.remove();
});
