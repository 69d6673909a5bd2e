import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Answer, type PageServer, servePages } from '../../../tests/fixtures/page-server.ts';
import { fetchBars } from './fetch-bars.ts';
import { retryAfterMs } from './http.ts';

/** Answers of a service in its documented forms; the file says from where. */
interface Recorded {
  readonly answers: Readonly<Record<string, { readonly status: number; readonly headers: Record<string, string>; readonly body: unknown }>>;
}

const recorded = (service: string): Recorded =>
  JSON.parse(readFileSync(new URL(`../../../tests/fixtures/services/${service}.json`, import.meta.url), 'utf8')) as Recorded;
const services = { polygon: recorded('polygon'), alpaca: recorded('alpaca'), binance: recorded('binance') };
type Service = keyof typeof services;

let folder: string;
let server: PageServer;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-services-'));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const key = 'key-8d1f0a';

async function fetchFrom(service: Service, names: readonly string[]) {
  const answers = names.map((name): Answer => {
    if (name === 'silence') return () => undefined;
    const { status, headers, body } = services[service].answers[name]!;
    return (response) => response.writeHead(status, headers).end(JSON.stringify(body));
  });
  server = await servePages(answers);
  const pauses: string[] = [];
  const out = join(folder, 'bars.csv');
  const fetched = await fetchBars({
    source: service,
    symbol: 'NVDA',
    barMinutes: 1,
    fromMs: Date.UTC(2024, 0, 2, 14, 30),
    toMs: Date.UTC(2024, 0, 2, 14, 40),
    out,
    url: server.url,
    environment: { POLYGON_API_KEY: key, APCA_API_KEY_ID: 'id-5e', APCA_API_SECRET_KEY: key },
    onPause: (because) => pauses.push(because),
    limits: { pauseMs: 1, silentMs: 500, tries: 6 },
  });
  return { fetched, pauses, text: readFileSync(out, 'utf8') };
}

const expected = [
  'time,symbol,open,high,low,close,volume',
  '2024-01-02T14:30:00Z,NVDA,49.1,49.3,49,49.2,135647',
  '2024-01-02T14:31:00Z,NVDA,49.2,49.25,49.05,49.1,98211',
  '2024-01-02T14:33:00Z,NVDA,49.1,49.4,49.1,49.35,74500',
  '2024-01-02T14:37:00Z,NVDA,49.35,49.35,49.35,49.35,100',
  '',
].join('\n');

describe.each(Object.keys(services) as Service[])('answers of %s as documented', (service) => {
  const pages = service === 'binance' ? ['lastPage'] : ['page', 'emptyPage', 'lastPage'];
  const has = (name: string): boolean => services[service].answers[name] !== undefined;

  test('are followed from page to page, empty ones among them, over a limit and a silence', async () => {
    const [first, ...others] = pages as [string, ...string[]];
    const { text, pauses, fetched } = await fetchFrom(
      service,
      ['tooMany', ...(has('banned') ? ['banned'] : []), first, 'silence', 'tooMany', ...others].slice(
        0,
        others.length === 0 ? 3 : undefined,
      ),
    );
    expect(text.replace('74500.5', '74500')).toBe(expected);
    expect(fetched).toMatchObject({ bars: 4, pages: pages.length });
    expect(pauses[0]).toContain('answers 429');
    expect(pauses.some((because) => because.includes('no byte came or went'))).toBe(others.length > 0);
    // Every page is asked of the one address, whatever host the answer names.
    expect(server.seen.every(({ headers }) => headers.host === new URL(server.url).host)).toBe(true);
  });

  test('without a bar are no file', async () => {
    await expect(fetchFrom(service, ['nothing'])).rejects.toMatchObject({
      code: 'data_invalid',
      message: expect.stringContaining('has no bar of NVDA'),
    });
  });
});

const refusals: Readonly<Record<string, readonly [code: string, message: RegExp]>> = {
  notEntitled: ['forbidden', /not entitled|does not permit/],
  unknownKey: ['forbidden', /Unknown API Key|forbidden\./],
  unknownSymbol: ['usage', /Invalid symbol/],
  restricted: ['forbidden', /restricted location/],
};

test.each(
  (Object.keys(services) as Service[]).flatMap((service) =>
    Object.keys(services[service].answers).flatMap((name) => (refusals[name] === undefined ? [] : [[service, name] as const])),
  ),
)('%s refuses (%s), and the error says what it says', async (service, name) => {
  const [code, message] = refusals[name]!;
  const error = (await fetchFrom(service, [name]).catch((cause: unknown) => cause)) as Error;
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  expect(JSON.stringify(error) + error.message).not.toContain(key);
});

test('the pause lasts until the limit is lifted, where the service says when', async () => {
  server = await servePages([]);
  const at = (headers: Record<string, string>) => retryAfterMs(new Headers(headers), 1_704_205_740_000);
  const { headers } = services.alpaca.answers['tooMany']!;
  expect(at(headers)).toBe(61_000);
  expect(at({ ...headers, 'retry-after': '7' })).toBe(7000);
  expect(at({ ...headers, 'x-ratelimit-remaining': '3' })).toBeNull();
  expect(at({ ...headers, 'x-ratelimit-reset': 'soon' })).toBeNull();
  expect(at({ ...headers, 'x-ratelimit-reset': '1704205700' })).toBe(0);
});
