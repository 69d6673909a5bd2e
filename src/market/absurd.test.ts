import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRng } from '../core/rng.ts';
import { importCsv } from './store/import-csv.ts';
import { readManifest } from './store/read.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-absurd-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Quote {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

const flat = (price: number, volume = 100): Quote => ({ open: price, high: price, low: price, close: price, volume });

/** A session of minutes at about 100, with some of its bars replaced. */
function file(changed: Readonly<Record<number, Quote>>, { volume = 100 }: { readonly volume?: number } = {}): string {
  const rng = createRng(1);
  const rows = Array.from({ length: 390 }, (_, minute) => {
    const {
      open,
      high,
      low,
      close,
      volume: units,
    } = changed[minute] ?? flat(Number((100 * Math.exp(0.0005 * rng.normal())).toFixed(4)), volume);
    const at = new Date(Date.UTC(2019, 1, 11, 14, 30 + minute)).toISOString();
    return [at, open, high, low, close, units].join(',');
  });
  const path = join(folder, 'X.csv');
  writeFileSync(path, ['datetime,open,high,low,close,volume', ...rows].join('\n'));
  return path;
}

const importing = (path: string, jumps?: 'refuse' | 'allow') =>
  importCsv({ dataDir: folder, name: 'x', sources: [{ file: path, symbol: 'X' }], ...(jumps !== undefined && { rules: { jumps } }) });

async function reportOf(path: string) {
  const { manifest } = await importing(path, 'allow');
  expect(readManifest(folder, 'x')).toEqual(manifest);
  return manifest.quality[0]!;
}

test.each([
  ['one price of 1e300', file1e300, /1 of 390 bars hold a price/, '14:40', { jumps: 2, huge: 1 }],
  ['one volume of 1e308', () => file({ 10: flat(100, 1e308) }), /1 of 390 bars hold a price or volume/, '14:40', { jumps: 0, huge: 1 }],
  [
    'prices in fixed point',
    () => file(Object.fromEntries(Array.from({ length: 390 }, (_, i) => [i, flat(7_009_750_000_000)]))),
    /390 of 390/,
    '14:30',
    { jumps: 0, huge: 390 },
  ],
  ['a price ten times its neighbours', () => file({ 20: flat(1001) }), /10 times the last close of \d+/, '14:50', { jumps: 2, huge: 0 }],
  ['a price of a tenth', () => file({ 20: flat(9.9) }), /10 times the last close/, '14:50', { jumps: 2, huge: 0 }],
  [
    'a high of ten times alone',
    () => file({ 20: { ...flat(100), high: 1010 } }),
    /10 times the last close/,
    '14:50',
    { jumps: 1, huge: 0 },
  ],
  ['the same in the first bar', () => file({ 0: { ...flat(100), low: 1 } }), /10 times the last close/, '14:30', { jumps: 1, huge: 0 }],
] as const)('%s is refused with its place unless it is allowed, and counted', async (_, make, says, at, counts) => {
  const path = make();
  await expect(importing(path)).rejects.toThrow(
    expect.objectContaining({
      code: 'data_invalid',
      message: expect.stringMatching(says),
      place: `${path}, bar at 2019-02-11T${at}:00.000Z`,
      hint: expect.stringContaining('--jumps allow'),
    }),
  );
  expect(await reportOf(path)).toMatchObject(counts);
});

function file1e300(): string {
  return file({ 10: flat(1e300) });
}

test('a volume of 0 throughout is refused unless it is allowed', async () => {
  const path = file({}, { volume: 0 });
  await expect(importing(path)).rejects.toThrow(expect.objectContaining({ code: 'data_invalid', message: 'the volume is 0 in every bar' }));
  expect(await reportOf(path)).toMatchObject({ zeroVolume: 390, jumps: 0, huge: 0 });
});

test('a few jumps are a market: they are counted and taken, many are refused', async () => {
  const few = file({ 100: flat(102), 101: flat(102) });
  expect((await importing(few)).manifest.quality[0]).toMatchObject({ jumps: 2, huge: 0 });
  const many = file(Object.fromEntries(Array.from({ length: 8 }, (_, i) => [40 * i + 5, flat(105)])));
  await expect(importing(many)).rejects.toThrow(expect.objectContaining({ message: expect.stringMatching(/^16 of 390 bars jump/) }));
});

test('a night between two sessions is no jump, a split is', async () => {
  const day = (date: number, price: number): string[] => {
    const rng = createRng(date);
    return Array.from({ length: 60 }, (_, minute) => {
      const at = new Date(Date.UTC(2019, 1, date, 14, 30 + minute)).toISOString();
      return `${at},${Array(4)
        .fill((price * Math.exp(0.0005 * rng.normal())).toFixed(4))
        .join(',')},100`;
    });
  };
  const path = join(folder, 'X.csv');
  const head = 'datetime,open,high,low,close,volume';
  writeFileSync(path, [head, ...day(11, 100), ...day(12, 130)].join('\n'));
  expect((await importing(path)).manifest.quality[0]).toMatchObject({ jumps: 0 });
  writeFileSync(path, [head, ...day(11, 1000), ...day(12, 99)].join('\n'));
  await expect(importing(path)).rejects.toThrow(/or a split/);
});

test('two symbols with one price are refused', async () => {
  const path = file({});
  const twice = importCsv({
    dataDir: folder,
    name: 'pair',
    sources: [
      { file: path, symbol: 'A' },
      { file: path, symbol: 'B' },
    ],
  });
  await expect(twice).rejects.toThrow(
    expect.objectContaining({ code: 'data_invalid', message: 'A and B have the same close in all 390 bars in common' }),
  );
});

test('a first bar that halves is a jump at most, no split: nothing lies before it', async () => {
  const { manifest } = await importing(file({ 0: { open: 200, high: 200, low: 100, close: 100, volume: 100 } }));
  expect(manifest.quality[0]!.splits ?? []).toEqual([]);
});
