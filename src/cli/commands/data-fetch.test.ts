import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PageServer, servePages } from '../../../tests/fixtures/page-server.ts';
import { showDataset } from '../../market/store/read.ts';
import type { Io } from '../io.ts';
import { main } from '../main.ts';

let folder: string;
let server: PageServer;
let text: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-data-fetch-'));
  text = '';
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const write = (piece: string): void => {
  text += piece;
};
const sink = { write, isTerminal: false, width: () => 80 };
const io: Io = { out: sink, err: sink, in: new PassThrough(), env: { POLYGON_API_KEY: 'key-77f0' } };
const assay = (...argv: readonly string[]) => main([...argv, '--data-dir', folder], io);
const fetchArguments = (out: string) => [
  'data',
  'fetch',
  'polygon',
  '--symbol',
  'NVDA',
  '--from',
  '2024-01-02T14:30Z',
  '--to',
  '2024-01-02T21:00Z',
  '--out',
  out,
  '--url',
  server.url,
];

/** A whole session, minute by minute, in two pages. */
const bars = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({
    t: Date.UTC(2024, 0, 2, 14, 30 + from + i),
    o: 100 + i,
    h: 101 + i,
    l: 99 + i,
    c: 100.5 + i,
    v: 1000 - i,
  }));

test('fetched bars are imported as they are, and the key is printed nowhere', async () => {
  server = await servePages([
    { status: 'OK', results: bars(0, 200), next_url: '/page/2' },
    { status: 'OK', results: bars(200, 390) },
  ]);
  const out = join(folder, 'NVDA.csv');
  expect(await assay(...fetchArguments(out))).toBe(0);
  expect(text).toMatch(/page 1: 200 bars up to 2024-01-02T17:49:00.000Z/);
  expect(readFileSync(out, 'utf8').split('\n')).toHaveLength(392);
  expect(await assay('data', 'import', out, '--name', 'fetched', '--jumps', 'allow')).toBe(0);
  expect(showDataset(folder, 'fetched')).toMatchObject({
    symbols: ['NVDA'],
    rows: 390,
    first: '2024-01-02T14:30:00.000Z',
    last: '2024-01-02T20:59:00.000Z',
  });
  expect(text).not.toContain('key-77f0');
});

test.each([
  [['--bar', '7'], /--bar: bars of 7 minutes/],
  [['--from', 'yesterday'], /--from: "yesterday" is no time/],
  [['--to', '2124-01-01'], /--to: the last bar of this range is not over yet/],
  [['--url', 'http://example.com'], /--url: a key is not sent to/],
])('%o is refused in words, with exit code 2', async (more, message) => {
  server = await servePages([]);
  expect(await assay(...fetchArguments(join(folder, 'x.csv')), ...more)).toBe(2);
  expect(text).toMatch(message);
  expect(server.seen).toEqual([]);
});
