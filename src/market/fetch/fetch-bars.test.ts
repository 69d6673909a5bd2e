import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Answer, type PageServer, servePages } from '../../../tests/fixtures/page-server.ts';
import { type BarDownload, fetchBars } from './fetch-bars.ts';
import { retryAfterMs } from './http.ts';

const key = 'key-8d1f0a';
const start = Date.UTC(2024, 0, 2, 14, 30);
const minute = 60_000;
const environment = { POLYGON_API_KEY: key, APCA_API_KEY_ID: 'id-5e', APCA_API_SECRET_KEY: key };

let folder: string;
let servers: PageServer[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-fetch-'));
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function serve(...answers: readonly Answer[]): Promise<PageServer> {
  const server = await servePages(answers);
  servers.push(server);
  return server;
}

const out = (): string => join(folder, 'NVDA.csv');

function fetchFrom({ url }: PageServer, change: Partial<BarDownload> = {}) {
  return fetchBars({
    source: 'polygon',
    symbol: 'NVDA',
    barMinutes: 1,
    fromMs: start,
    toMs: start + 10 * minute,
    out: out(),
    url,
    environment,
    limits: { pauseMs: 1, silentMs: 20_000, tries: 3 },
    ...change,
  });
}

/** A page of Polygon: bars at these minutes. */
const page = (minutes: readonly number[], next?: string) => ({
  status: 'OK',
  results: minutes.map((m) => ({ t: start + m * minute, o: 1.1, h: 1.3, l: 1, c: 1.2, v: 100 + m, vw: 1.15, n: 7 })),
  ...(next !== undefined && { next_url: next }),
});
const line = (m: number): string => `2024-01-02T14:3${m}:00Z,NVDA,1.1,1.3,1,1.2,${100 + m}`;
const csv = (...minutes: readonly number[]): string => `${['time,symbol,open,high,low,close,volume', ...minutes.map(line)].join('\n')}\n`;

describe('pages of bars', () => {
  test('of Polygon follow next_url on the same server, with the key in a header', async () => {
    const server = await serve((response) => response.end(JSON.stringify(page([0, 1], `${server.url}/v2/next?cursor=a`))), page([3]));
    const fetched = await fetchFrom(server);
    expect(fetched).toMatchObject({ source: 'polygon', symbol: 'NVDA', bars: 3, pages: 2, resumedAt: 0 });
    expect(fetched).toMatchObject({ first: '2024-01-02T14:30:00.000Z', last: '2024-01-02T14:33:00.000Z' });
    expect(readFileSync(out(), 'utf8')).toBe(csv(0, 1, 3));
    expect(server.seen.map(({ path }) => path)).toEqual([
      `/v2/aggs/ticker/NVDA/range/1/minute/${start}/${start + 10 * minute - 1}?adjusted=false&sort=asc&limit=50000`,
      '/v2/next?cursor=a',
    ]);
    expect(server.seen.every(({ headers }) => headers.authorization === `Bearer ${key}`)).toBe(true);
    expect(readdirSync(folder)).toEqual(['NVDA.csv']);
  });

  test('of Alpaca follow the token', async () => {
    const bar = (m: number) => ({ t: `2024-01-02T14:3${m}:00Z`, o: 1.1, h: 1.3, l: 1, c: 1.2, v: 100 + m, n: 3, vw: 1.15 });
    const server = await serve(
      { bars: [bar(0)], symbol: 'NVDA', next_page_token: 'a+b=' },
      { bars: [bar(4)], symbol: 'NVDA', next_page_token: null },
    );
    await fetchFrom(server, { source: 'alpaca' });
    expect(readFileSync(out(), 'utf8')).toBe(csv(0, 4));
    const queries = server.seen.map(({ path }) => new URL(path, server.url).searchParams);
    expect(Object.fromEntries(queries[0]!)).toEqual({
      timeframe: '1Min',
      start: '2024-01-02T14:30:00.000Z',
      end: '2024-01-02T14:39:59.999Z',
      adjustment: 'raw',
      sort: 'asc',
      limit: '10000',
    });
    expect(queries[1]!.get('page_token')).toBe('a+b=');
    expect(server.seen[1]!.headers).toMatchObject({ 'apca-api-key-id': 'id-5e', 'apca-api-secret-key': key });
  });

  test('of Binance end with the first that is not full', async () => {
    const kline = (m: number) => [
      start + m * minute,
      '1.10',
      '1.30',
      '1.00',
      '1.20',
      '5.5',
      start + (m + 1) * minute - 1,
      '6',
      3,
      '2',
      '2',
      '0',
    ];
    const server = await serve(
      Array.from({ length: 1000 }, (_, m) => kline(m)),
      [kline(1000)],
    );
    const fetched = await fetchFrom(server, { source: 'binance', symbol: 'BTCUSDT', toMs: start + 2000 * minute, environment: {} });
    expect(fetched).toMatchObject({ bars: 1001, pages: 2 });
    expect(readFileSync(out(), 'utf8').split('\n')[1]).toBe('2024-01-02T14:30:00Z,BTCUSDT,1.1,1.3,1,1.2,5.5');
    expect(new URL(server.seen[1]!.path, server.url).searchParams.get('startTime')).toBe(String(start + 999 * minute + 1));
  });
});

describe('a server that asks for patience', () => {
  test('is asked again, after the pause that it wants', async () => {
    const pauses: number[] = [];
    const server = await serve(
      (response) => response.writeHead(429, { 'retry-after': '0' }).end('slow down'),
      (response) => response.writeHead(503).end(),
      page([0]),
    );
    await fetchFrom(server, { onPause: (_, ms) => pauses.push(ms) });
    expect(readFileSync(out(), 'utf8')).toBe(csv(0));
    expect(pauses).toEqual([0, 2]);
  });

  test('for too long, or too often, ends the download', async () => {
    const hour = await serve((response) => response.writeHead(429, { 'retry-after': '3600' }).end());
    await expect(fetchFrom(hour)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('asks to wait 3600 s') });
    const never = await serve(...(Array.from({ length: 3 }, () => (response: { destroy: () => void }) => response.destroy()) as Answer[]));
    await expect(fetchFrom(never)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('3 times in a row') });
    expect(never.seen).toHaveLength(3);
  });

  test('that says nothing, or stops in the middle, is asked again', async () => {
    const server = await serve(
      () => undefined,
      (response) => void response.writeHead(200).write('{"status":"OK","resu'),
      page([0]),
    );
    const reasons: string[] = [];
    await fetchFrom(server, { onPause: (because) => reasons.push(because), limits: { pauseMs: 1, silentMs: 200, tries: 50 } });
    expect(reasons.slice(0, 2)).toEqual(Array(2).fill(expect.stringContaining('no byte came or went for 0.2 s')));
  });

  test.each([
    ['120', 120_000],
    ['Tue, 02 Jan 2024 00:00:30 GMT', 30_000],
    ['Mon, 01 Jan 2024 00:00:00 GMT', 0],
    ['soon', null],
  ])('Retry-After %s', (text, ms) => {
    expect(retryAfterMs(new Headers({ 'retry-after': text }), Date.UTC(2024, 0, 2))).toBe(ms);
  });
});

describe('an interrupted download', () => {
  test('goes on with the page after the last whole one, and has its name only when whole', async () => {
    const lost = await serve(page([0, 1], '/next?cursor=a'), (response) => response.writeHead(401).end('unknown key'));
    await expect(fetchFrom(lost)).rejects.toMatchObject({ code: 'forbidden', hint: expect.stringContaining('POLYGON_API_KEY') });
    expect(existsSync(out())).toBe(false);
    // As a crash leaves it: more bytes than the note covers.
    writeFileSync(`${out()}.part`, 'half a li', { flag: 'a' });
    const port = Number(new URL(lost.url).port);
    await lost.close();
    servers = [];
    const again = await servePagesAt(port, page([2]));
    const fetched = await fetchFrom(again);
    expect(fetched).toMatchObject({ bars: 3, pages: 2, resumedAt: 1 });
    expect(readFileSync(out(), 'utf8')).toBe(csv(0, 1, 2));
    expect(again.seen.map(({ path }) => path)).toEqual(['/next?cursor=a']);
    expect(readdirSync(folder)).toEqual(['NVDA.csv']);
  });

  test('of another range is not mixed in', async () => {
    const lost = await serve(page([0], '/next'), (response) => response.writeHead(400).end('no'), page([1]));
    await expect(fetchFrom(lost)).rejects.toMatchObject({ code: 'usage' });
    await expect(fetchFrom(lost, { toMs: start + 5 * minute })).rejects.toMatchObject({ code: 'conflict', place: `${out()}.part` });
    await fetchFrom(lost, { toMs: start + 5 * minute, replace: true });
    expect(readFileSync(out(), 'utf8')).toBe(csv(1));
    await expect(fetchFrom(lost)).rejects.toMatchObject({ code: 'conflict', place: out() });
  });

  test('that a person stopped says how to go on', async () => {
    const stop = new AbortController();
    const server = await serve(page([0], '/next'), () => stop.abort());
    await expect(fetchFrom(server, { signal: stop.signal })).rejects.toMatchObject({
      code: 'unavailable',
      hint: expect.stringContaining('goes on'),
    });
  });
});

describe('pages that cannot be right', () => {
  test.each<[string, readonly Answer[], RegExp]>([
    ['a bar outside of the range', [page([11])], /outside of the range/],
    ['a bar twice', [page([0, 0])], /again, or out of order/],
    ['bars before those of the last page', [page([3], '/next'), page([2])], /again, or out of order/],
    ['the same next page', [page([0], '/next'), page([1], '/next')], /do not come to an end/],
    ['pages without bars, for ever', Array.from({ length: 120 }, (_, i) => page([], `/next${i}`)), /do not come to an end/],
    ['a next page on another server', [page([0], 'https://other.example/next')], /where the key does not belong/],
    ['another form', [{ status: 'OK', results: [{ t: 'x' }] }], /another form/],
    ['no JSON', [(response) => response.end('<html>')], /not JSON: <html>/],
    ['no bar at all', [page([])], /has no bar of NVDA/],
  ])('%s', async (_, answers, message) => {
    await expect(fetchFrom(await serve(...answers))).rejects.toMatchObject({
      code: 'data_invalid',
      message: expect.stringMatching(message),
    });
    expect(existsSync(out())).toBe(false);
  });
});

describe('a key', () => {
  test('is in no message, whatever the server answers', async () => {
    const server = await serve(
      (response) => response.writeHead(400).end(`bad request by ${key}`),
      (response) => response.end(`{"apiKey":"${key}"`),
    );
    for (const code of ['usage', 'data_invalid']) {
      const error = (await fetchFrom(server).catch((cause: unknown) => cause)) as Error;
      expect(error).toMatchObject({ code });
      expect(JSON.stringify([error.message, error]) + String(error.stack)).not.toContain(key);
      expect(error.message).toContain('***');
    }
    expect(readFileSync(`${out()}.part`, 'utf8')).not.toContain(key);
  });

  test('is needed, and goes to no other place', async () => {
    const server = await serve((response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end());
    await expect(fetchFrom(server, { environment: {} })).rejects.toMatchObject({ code: 'usage', place: 'POLYGON_API_KEY' });
    await expect(fetchFrom(server, { url: 'http://example.com' })).rejects.toMatchObject({ code: 'usage', place: '--url' });
    await expect(fetchFrom(server)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('redirects are not followed'),
    });
  });
});

test.each([
  [{ symbol: '../x?y' }, '--symbol'],
  [{ toMs: start }, '--to'],
  [{ toMs: Date.now() }, '--to'],
])('a request that cannot be right is refused before anything is asked: %o', async (change, place) => {
  const server = await serve();
  await expect(fetchFrom(server, change)).rejects.toMatchObject({ code: 'usage', place });
  expect(server.seen).toEqual([]);
});

async function servePagesAt(port: number, ...answers: readonly Answer[]): Promise<PageServer> {
  const server = await servePages(answers, port);
  servers.push(server);
  return server;
}
