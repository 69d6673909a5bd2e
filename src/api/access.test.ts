import { drizzle } from 'drizzle-orm/node-postgres';
import { describe, expect, test } from 'vitest';
import { apiClient } from '../../tests/fixtures/api.ts';
import { isLoopback } from './access.ts';

/** Never asked: what is tested here is answered before the database, and the address is one where nothing listens. */
const db = drizzle('postgresql://127.0.0.1:1/none');
const ask = (token: string | undefined, url: string, headers: Record<string, string> = {}) =>
  apiClient({ db, token }).request(url, { headers });

describe('with a token', () => {
  test.each([
    ['nothing', {}],
    ['another token', { Authorization: 'Bearer wrong' }],
    ['a beginning of it', { Authorization: 'Bearer secre' }],
    ['more than it', { Authorization: 'Bearer secrets' }],
    ['another scheme', { Authorization: 'Basic secret' }],
    ['no scheme', { Authorization: 'secret' }],
    ['an empty one', { Authorization: 'Bearer ' }],
  ])('who sends %s is refused with 401', async (_what, headers) => {
    for (const path of ['/openapi.json', '/v1/studies', '/v1/nothing']) {
      const response = await ask('secret', path, headers);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(await response.json()).toMatchObject({ code: 'unauthorized', hint: expect.stringContaining('Authorization: Bearer') });
    }
  });

  test('who sends it is let in, whatever name the server is called by', async () => {
    for (const scheme of ['Bearer', 'bearer']) {
      const response = await ask('secret', 'http://assay.example/openapi.json', { Authorization: `${scheme} secret` });
      expect(response.status).toBe(200);
    }
  });

  test('probes need none', async () => {
    expect((await ask('secret', 'http://10.0.0.7/healthz')).status).toBe(200);
  });
});

describe('without a token', () => {
  test.each(['http://localhost:4000', 'http://127.0.0.1', 'http://127.9.9.9', 'http://[::1]:4000'])('%s is answered', async (origin) => {
    expect((await ask(undefined, `${origin}/openapi.json`)).status).toBe(200);
  });

  test.each(['http://rebound.example', 'http://localhost.example', 'http://127.0.0.1.example', 'http://10.0.0.7'])(
    '%s is not',
    async (origin) => {
      const response = await ask(undefined, `${origin}/openapi.json`);
      expect(response.status).toBe(421);
      expect(await response.json()).toMatchObject({ code: 'misdirected', hint: expect.stringContaining('ASSAY_TOKEN') });
    },
  );
});

test('answers tell browsers to keep out', async () => {
  const { headers } = await ask(undefined, '/openapi.json');
  expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('access-control-allow-origin')).toBeNull();
});

test.each([
  ['127.0.0.1', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.0.1', false],
  ['127.0.0.1.example', false],
  ['', false],
])('whether %o is loopback: %o', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
