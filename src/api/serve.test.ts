import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { drizzle } from 'drizzle-orm/node-postgres';
import { afterEach, describe, expect, test } from 'vitest';
import type { Db } from '../storage/database.ts';
import { createApi } from './app.ts';
import { listenOptions, type Serving, serve } from './serve.ts';

/** Never asked. */
const db = drizzle('postgresql://127.0.0.1:1/none');
const open: Serving[] = [];

async function serving(options: Parameters<typeof listenOptions>[0] = {}, over: Db = db): Promise<Serving> {
  const listen = listenOptions({ port: 0, ...options });
  const server = await serve(listen, createApi({ db: over, token: listen.token }).fetch);
  open.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close(0)));
});

describe('the options of listening', () => {
  test('are this machine at port 4000 by default', () => {
    expect(listenOptions()).toEqual({ host: '127.0.0.1', port: 4000, token: undefined });
    expect(listenOptions({ host: 'localhost', token: '' })).toMatchObject({ host: 'localhost', token: undefined });
  });

  test.each(['0.0.0.0', '::', '192.168.0.1', 'assay.example'])('need a token for other machines at %s', (host) => {
    const refused = { code: 'usage', place: '--host', hint: expect.stringContaining('ASSAY_TOKEN') };
    expect(() => listenOptions({ host })).toThrow(expect.objectContaining(refused));
    expect(() => listenOptions({ host, token: '' })).toThrow(expect.objectContaining(refused));
    expect(listenOptions({ host, token: 'sixteen-letters-' })).toMatchObject({ host, token: 'sixteen-letters-' });
    const guessed = { code: 'usage', place: 'ASSAY_TOKEN', hint: expect.stringContaining('openssl') };
    expect(() => listenOptions({ host, token: 'fifteen-letters' })).toThrow(expect.objectContaining(guessed));
  });

  test.each(['two words', 'naïve', 'line\n'])('refuse the token %o, which no header can carry', (token) => {
    expect(() => listenOptions({ token })).toThrow(expect.objectContaining({ code: 'usage', place: 'ASSAY_TOKEN' }));
  });
});

describe('a server', () => {
  test('listens on loopback only, and answers', async () => {
    const { url, port } = await serving();
    expect(url).toBe(`http://127.0.0.1:${port}`);
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
    await expect(fetch(`http://[::1]:${port}/healthz`)).rejects.toThrow();
  });

  test('refuses requests whose Host is not this machine', async () => {
    const { port } = await serving();
    const status = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        request({ port, host: '127.0.0.1', path: '/openapi.json', headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
    expect(await status(`localhost:${port}`)).toBe(200);
    expect(await status(`rebound.example:${port}`)).toBe(421);
  });

  test('asks for its token', async () => {
    const { url } = await serving({ token: 'secret' });
    expect((await fetch(`${url}/openapi.json`)).status).toBe(401);
    expect((await fetch(`${url}/openapi.json`, { headers: { Authorization: 'Bearer secret' } })).status).toBe(200);
  });

  test('at a taken port is port_in_use with a way out', async () => {
    const { port } = await serving();
    await expect(serving({ port })).rejects.toMatchObject({
      code: 'port_in_use',
      message: expect.stringContaining(String(port)),
      hint: expect.stringContaining('--port'),
    });
  });

  test('at an address of another machine is a usage error', async () => {
    await expect(serving({ host: '192.0.2.1', token: 'sixteen-letters-' })).rejects.toMatchObject({ code: 'usage', place: '--host' });
  });
});

describe('closing', () => {
  /** A database whose one answer comes when the test wants it. */
  function slow() {
    let answer = (): void => undefined;
    let asked = (): void => undefined;
    const waiting = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const answered = new Promise<object>((resolve) => {
      answer = () => resolve({ rows: [] });
    });
    const execute = () => {
      asked();
      return answered;
    };
    return { db: { execute } as unknown as Db, waiting, answer: () => answer() };
  }

  test('answers what was asked before, and takes nothing new', async () => {
    const database = slow();
    const server = await serving({}, database.db);
    const response = fetch(`${server.url}/readyz`);
    await database.waiting;
    const closed = server.close(600_000);
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
    database.answer();
    expect(await (await response).json()).toEqual({ status: 'ready' });
    await closed;
  });

  test('cuts off what is not answered in time, and may be asked twice', async () => {
    const database = slow();
    const server = await serving({}, database.db);
    const cut = expect(fetch(`${server.url}/readyz`)).rejects.toThrow();
    await database.waiting;
    await server.close(0);
    await cut;
    await server.close();
  });

  test('does not wait for idle connections', async () => {
    const server = await serving();
    const socket = await new Promise<Socket>((resolve) => {
      const idle = connect(server.port, '127.0.0.1', () => resolve(idle));
    });
    await server.close(600_000);
    socket.destroy();
  });
});
