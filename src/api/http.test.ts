import { METHODS } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { apiClient, transports } from '../../tests/fixtures/api.ts';
import { chunked, exchange } from '../../tests/fixtures/api-transport.ts';
import { useDatabase } from '../../tests/fixtures/database.ts';
import { studyWith } from '../../tests/fixtures/trials.ts';
import { createApi } from './app.ts';
import { createWorkerMetrics } from './metrics.ts';
import { listenOptions, type Serving, serve } from './serve.ts';

const database = useDatabase();
const open: Serving[] = [];

async function port(app = createApi({ db: database.db })): Promise<number> {
  const server = await serve(listenOptions({ port: 0 }), app.fetch);
  open.push(server);
  return server.port;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close(0)));
});

/** What a server may be sent by Node's own parser, but for tunnels, which it closes by itself. */
const methods = METHODS.filter((method) => !['CONNECT', 'GET', 'HEAD', 'POST', 'OPTIONS'].includes(method));

describe.each(transports.slice(1))('$name', (transport) => {
  test('every method that a path does not take is 405 and told what it takes', async () => {
    const { name } = await studyWith(database.db, [{}]);
    const api = apiClient({ db: database.db }, transport);
    for (const [path, allowed] of [
      ['/v1/studies', 'GET, HEAD, OPTIONS'],
      [`/v1/studies/${name}/pause`, 'POST, OPTIONS'],
      [`/v1/studies/${name}/trials`, 'GET, HEAD, POST, OPTIONS'],
    ] as const) {
      for (const method of methods) {
        const response = await api.request(path, { method });
        expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, allowed]);
      }
    }
  });

  // Node 24 takes xn-- as a name.
  const unreadable = ['xn--', 'xn--:80', '[::1', 'a b', '%', ''].filter((host) => !URL.canParse(`http://${host}/`));
  test.each(unreadable)('a Host that no URL can hold, %o, is refused as unreadable', async (host) => {
    const api = apiClient({ db: database.db, token: 'a-token-of-16-characters' }, transport);
    for (const method of ['GET', 'POST']) {
      const headers = { Host: host, Authorization: 'Bearer a-token-of-16-characters' };
      expect(await (await api.request('/v1/studies', { method, headers })).json()).toMatchObject({ status: 400, code: 'usage' });
    }
  });
});

describe.each(transports)('$name', (transport) => {
  test('OPTIONS says what a path takes, and nothing to pages of other origins', async () => {
    const headers = { Origin: 'https://elsewhere.example', 'Access-Control-Request-Method': 'POST' };
    const response = await apiClient({ db: database.db }, transport).request('/v1/studies', { method: 'OPTIONS', headers });
    expect([response.status, response.headers.get('allow'), await response.text()]).toEqual([204, 'GET, HEAD, OPTIONS', '']);
  });

  test('a body of more than a megabyte is 413, one of a megabyte is read', async () => {
    const { name } = await studyWith(database.db, [], { budget: { trials: 9 } });
    const path = `/v1/studies/${name}/trials`;
    const post = (bytes: number) => {
      const body = `{"params":{"lr":"${'x'.repeat(bytes - 20)}"}}`;
      const headers = { 'content-type': 'application/json', 'idempotency-key': '12345678' };
      return apiClient({ db: database.db }, transport).request(path, { method: 'POST', body, headers });
    };
    expect(await (await post(1_100_000)).json()).toMatchObject({ status: 413, code: 'usage' });
    expect(await (await post(1_000_001)).json()).toMatchObject({ status: 413 });
    // Read, and found not to fit the space.
    expect(await (await post(1_000_000)).json()).toMatchObject({ status: 400, code: 'params_invalid' });
  });
});

describe('the bytes of a request', () => {
  const status = async (bytes: string, at?: number) => (await exchange(at ?? (await port()), bytes)).status;

  test('a control without a length is carried out, as `curl -X POST` sends it', async () => {
    const { name } = await studyWith(database.db, [{}]);
    const control = (framing: string) =>
      status(`POST /v1/studies/${name}/pause HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${framing}`);
    expect(await control('\r\n')).toBe(200);
    expect(await control('Content-Length: 0\r\n\r\n')).toBe(200);
    expect(await control('Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n')).toBe(200);
  });

  test('a chunked body is JSON like any other', async () => {
    const { name } = await studyWith(database.db, [], { budget: { trials: 3 } });
    const queue = (body: string) =>
      status(
        `POST /v1/studies/${name}/trials HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n` +
          `Idempotency-Key: 12345678\r\nTransfer-Encoding: chunked\r\n\r\n${chunked(body)}`,
      );
    expect(await queue('{"params":{"lr":0.001,"layers":2}}')).toBe(200);
    expect(await queue('{"params":')).toBe(400);
    expect(await queue('')).toBe(400);
  });

  test('a body that says both how long it is and that it comes in chunks is refused', async () => {
    const { name } = await studyWith(database.db, [{}]);
    const both = 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
    expect(await status(`POST /v1/studies/${name}/pause HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${both}`)).toBe(400);
  });

  test.each(['Host: \r\n', ''])('a request without a Host (%o) is 400', async (host) => {
    expect(await status(`GET /v1/studies HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)).toBe(400);
  });

  test('the metrics of a worker refuse a Host that no URL can hold, too', async () => {
    const at = await port(createWorkerMetrics({ text: async () => '' }));
    const get = (host: string) => status(`GET /metrics HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`, at);
    expect(await get('[::1')).toBe(400);
    expect(await get('rebound.example')).toBe(421);
    expect(await get('localhost')).toBe(200);
  });
});
