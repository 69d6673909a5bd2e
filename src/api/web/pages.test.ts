import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib';
import { drizzle } from 'drizzle-orm/node-postgres';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { AssayError } from '../../core/errors.ts';
import { createApi } from '../app.ts';
import { listenOptions, type Serving, serve } from '../serve.ts';

/** Never asked. */
const db = drizzle('postgresql://127.0.0.1:1/none');
const shell = '<!doctype html><title>Assay</title>';
const script = 'console.log(1);'.repeat(100);
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-pages-'));
  await mkdir(join(folder, 'assets'));
  for (const [path, text] of [
    ['index.html', shell],
    ['assets/index-a1.js', script],
  ] as const) {
    await writeFile(join(folder, path), text);
    await writeFile(join(folder, `${path}.br`), brotliCompressSync(text));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const page = { Accept: 'text/html,application/xhtml+xml' };

function app(options: { token?: string; folder?: () => Promise<string> } = {}) {
  const faults: unknown[] = [];
  const api = createApi({
    db,
    token: options.token,
    pages: options.folder ?? (async () => folder),
    onFault: (error) => faults.push(error),
  });
  return { faults, ask: (path: string, headers: Record<string, string> = page) => api.request(`http://localhost${path}`, { headers }) };
}

describe('pages', () => {
  test.each([
    '/',
    '/studies/nvda-msft',
    '/studies/with.a.dot/trials/3',
    '/studies/with.a.dot',
    '/models',
    '/compare?studies=a,b',
    '/not/a/page',
  ])('are one shell at %s, which is asked for again each time', async (path) => {
    const answer = await app().ask(path);
    expect([answer.status, await answer.text()]).toEqual([200, shell]);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  });

  test.each(['/v1', '/v1/nothing', '/v1/nothing/here', '/api/x', '/metrics/x', '/openapi.json/x', '/robots.txt', '/assets/index-old.js'])(
    'are nowhere at %s',
    async (path) => {
      const answer = await app().ask(path);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    },
  );

  test('are for who asks for a page, and only by GET and HEAD', async () => {
    expect((await app().ask('/studies/x', { Accept: 'application/json' })).status).toBe(404);
    expect((await app().ask('/studies/x', {})).status).toBe(404);
    const api = createApi({ db, pages: async () => folder });
    expect((await api.request('http://localhost/', { method: 'POST', headers: page })).status).toBe(404);
    const head = await api.request('http://localhost/', { method: 'HEAD', headers: page });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test('are served to everybody where there is a token, and to names of this machine where there is none', async () => {
    const withToken = createApi({ db, token: 'secret', pages: async () => folder });
    expect((await withToken.request('http://assay.example/', { headers: page })).status).toBe(200);
    expect((await withToken.request('http://assay.example/v1/studies', { headers: page })).status).toBe(401);
    const without = createApi({ db, pages: async () => folder });
    expect((await without.request('http://rebound.example/', { headers: page })).status).toBe(421);
  });

  test('whose builder is missing name the command to run, and the API answers', async () => {
    const missing = new AssayError('unavailable', 'vite <is> missing', { hint: 'run `npm ci`' });
    const { ask, faults } = app({ folder: () => Promise.reject(missing) });
    const answer = await ask('/');
    const text = await answer.text();
    expect(answer.status).toBe(503);
    expect(text).toContain('vite &#60;is&#62; missing');
    expect(text).toContain('run `npm ci`');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(faults).toEqual([missing]);
    expect((await ask('/openapi.json')).status).toBe(200);
  });

  test('that cannot be built name no folder of the server to who has shown no token', async () => {
    const missing = new AssayError('unavailable', 'no vite in /srv/assay', { hint: 'run `npm ci` in /srv/assay' });
    const { ask, faults } = app({ token: 'secret', folder: () => Promise.reject(missing) });
    const answer = await ask('/');
    expect(answer.status).toBe(503);
    const text = await answer.text();
    expect(text).toContain('the error output of the server has the cause');
    expect(text).not.toContain('/srv/assay');
    expect(faults).toEqual([missing]);
  });

  test('of which several are asked for at once are built once', async () => {
    let n = 0;
    const { ask } = app({
      folder: async () => {
        n += 1;
        return folder;
      },
    });
    const answers = await Promise.all([ask('/'), ask('/models'), ask('/assets/index-a1.js')]);
    expect([n, ...answers.map(({ status }) => status)]).toEqual([1, 200, 200, 200]);
  });
});

describe('files of the pages', () => {
  test('have names that change with their content, so browsers keep them', async () => {
    const answer = await app().ask('/assets/index-a1.js', {});
    expect([answer.headers.get('cache-control'), answer.headers.get('content-type')]).toEqual([
      'public, max-age=31536000, immutable',
      'text/javascript; charset=utf-8',
    ]);
  });

  test.each([
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
    ['identity', null, (bytes: Buffer) => bytes],
  ])('come to who takes %j as %j', async (accepted, coding, decode) => {
    const answer = await app().ask('/assets/index-a1.js', { 'Accept-Encoding': accepted });
    expect([answer.headers.get('content-encoding'), answer.headers.get('vary')]).toEqual([coding, 'Accept-Encoding']);
    expect(decode(Buffer.from(await answer.arrayBuffer())).toString()).toBe(script);
  });

  test('are not sent again to who has them', async () => {
    const { ask } = app();
    const tag = (await ask('/')).headers.get('etag') ?? '';
    const again = await ask('/', { ...page, 'If-None-Match': tag });
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag]);
  });

  test.each(['/%2e%2e/%2e%2e/etc/passwd', '/assets/..%2f..%2fetc%2fpasswd', '/assets/index-a1.js.br', '/.env'])(
    '%s is none',
    async (path) => {
      expect((await app().ask(path, {})).status).toBe(404);
    },
  );
});

describe('over a socket', () => {
  const open: Serving[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close(0)));
  });

  test('the shell, a file and a failure carry every security header, and the API its own policy', async () => {
    const headersOf = async (pages: () => Promise<string>, path: string): Promise<Record<string, unknown>> => {
      const server = await serve(listenOptions({ port: 0 }), createApi({ db, pages }).fetch);
      open.push(server);
      return new Promise((resolve, reject) => {
        request(`${server.url}${path}`, { headers: page }, (response) => resolve(response.resume().headers))
          .on('error', reject)
          .end();
      });
    };
    const failing = () => Promise.reject(new Error('no pages'));
    for (const headers of await Promise.all([
      headersOf(async () => folder, '/'),
      headersOf(async () => folder, '/assets/index-a1.js'),
      headersOf(failing, '/'),
    ])) {
      expect(headers).toMatchObject({
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'permissions-policy': expect.stringContaining('camera=(), '),
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
    const ofApi = await headersOf(async () => folder, '/healthz');
    expect(ofApi['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'");
  });
});
