import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Answer, type PageServer, servePages } from '../../../tests/fixtures/page-server.ts';
import { type DatabentoDownload, fetchDatabento } from './databento.ts';

const key = 'db-0123456789abcdef0123456789abcdef';
const frame = (text: string): Buffer => Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), Buffer.from(text)]);
const day =
  (text: string): Answer =>
  (response) =>
    void response.end(frame(text));

let folder: string;
let server: PageServer;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-databento-'));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function fetchDays(answers: readonly Answer[], change: Partial<DatabentoDownload> = {}) {
  server = await servePages(answers);
  return fetchDatabento({
    dataset: 'GLBX.MDP3',
    schema: 'mbp-10',
    symbols: ['ESH4', 'NQH4'],
    stype: 'raw_symbol',
    fromMs: Date.UTC(2024, 0, 2),
    toMs: Date.UTC(2024, 0, 5),
    out: folder,
    mostUsd: 5,
    url: server.url,
    environment: { DATABENTO_API_KEY: key },
    limits: { pauseMs: 1, silentMs: 20_000, tries: 3 },
    ...change,
  });
}

const fileOf = (date: string): string => `GLBX.MDP3-mbp-10-ESH4-NQH4-${date}.dbn.zst`;

test('asks what the days cost, then fetches each as a file of DBN', async () => {
  const fetched = await fetchDays([3.5 as never, day('one'), day('two'), day('three')]);
  expect(fetched).toMatchObject({ kept: 0, usd: 3.5, bytes: 3 * 4 + 11 });
  expect(readdirSync(folder)).toEqual(['2024-01-02', '2024-01-03', '2024-01-04'].map(fileOf));
  expect(readFileSync(join(folder, fileOf('2024-01-03')))).toEqual(frame('two'));
  const asked = server.seen.map(({ path }) => new URL(path, server.url));
  expect(asked.map(({ pathname }) => pathname)).toEqual(['/v0/metadata.get_cost', ...Array<string>(3).fill('/v0/timeseries.get_range')]);
  expect(Object.fromEntries(asked[1]!.searchParams)).toEqual({
    dataset: 'GLBX.MDP3',
    schema: 'mbp-10',
    symbols: 'ESH4,NQH4',
    stype_in: 'raw_symbol',
    start: '2024-01-02T00:00:00.000Z',
    end: '2024-01-03T00:00:00.000Z',
    encoding: 'dbn',
    compression: 'zstd',
  });
  expect(server.seen[0]!.headers.authorization).toBe(`Basic ${Buffer.from(`${key}:`).toString('base64')}`);
});

test('nothing is fetched that costs more than allowed', async () => {
  await expect(fetchDays([7.25 as never])).rejects.toMatchObject({
    code: 'usage',
    place: '--most-usd',
    hint: expect.stringContaining('--most-usd 7.25'),
  });
  expect(server.seen).toHaveLength(1);
  expect(readdirSync(folder)).toEqual([]);
});

test('a day that breaks off is fetched again whole; days that are there cost nothing', async () => {
  const broken: Answer = (response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write(frame('half'), () => response.destroy());
  };
  await expect(fetchDays([1 as never, day('one'), broken, broken, broken])).rejects.toMatchObject({ code: 'unavailable' });
  expect(readdirSync(folder)).toEqual([fileOf('2024-01-02')]);
  await server.close();
  const again = await fetchDays([0.5 as never, broken, day('two'), day('three')]);
  expect(again).toMatchObject({ kept: 1, usd: 0.5 });
  expect(new URL(server.seen[0]!.path, server.url).searchParams.get('start')).toBe('2024-01-03T00:00:00.000Z');
  expect(readFileSync(join(folder, fileOf('2024-01-03')))).toEqual(frame('two'));
  await server.close();
  expect(await fetchDays([])).toMatchObject({ kept: 3, usd: 0, bytes: 0 });
  expect(server.seen).toEqual([]);
});

test.each<[string, readonly Answer[], Partial<DatabentoDownload>, object]>([
  ['an answer that is not zstd', [1 as never, (response) => void response.end('{"detail":"no"}')], {}, { code: 'data_invalid' }],
  ['an empty answer', [1 as never, (response) => void response.end()], {}, { code: 'data_invalid' }],
  ['a cost that is no number', [{ cost: 1 }], {}, { code: 'data_invalid' }],
  ['half a day', [], { fromMs: Date.UTC(2024, 0, 2, 12) }, { code: 'usage', place: '--from' }],
  ['a key that is missing', [], { environment: {} }, { code: 'usage', place: 'DATABENTO_API_KEY' }],
  [
    'a key that is refused',
    [(response) => void response.writeHead(401).end(`no ${Buffer.from(`${key}:`).toString('base64')}`)],
    {},
    { code: 'forbidden', message: expect.not.stringContaining('ZGIt') },
  ],
])('%s', async (_, answers, change, error) => {
  await expect(fetchDays(answers, change)).rejects.toMatchObject(error);
  expect(readdirSync(folder)).toEqual([]);
});
