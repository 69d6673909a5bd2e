import { drizzle } from 'drizzle-orm/node-postgres';
import { describe, expect, test } from 'vitest';
import { createApi } from '../app.ts';

/** Never asked. */
const db = drizzle('postgresql://127.0.0.1:1/none');
const sign = { method: 'POST', headers: { 'Content-Type': 'application/json' } };

function server(token: string | undefined = 'secret') {
  const app = createApi({ db, token });
  const ask = (path: string, init: RequestInit = {}, origin = 'http://localhost') =>
    app.request(`${origin}${path}`, {
      ...init,
      headers: { ...(init.headers as Record<string, string>), Origin: origin.replace(/:443$/, '') },
    });
  return {
    ask,
    begin: (given: string, origin?: string) => ask('/v1/session', { ...sign, body: JSON.stringify({ token: given }) }, origin),
  };
}

const cookieOf = (answer: Response): string => answer.headers.get('set-cookie')?.split(';')[0] ?? '';

describe('a session', () => {
  test('begins with the token, opens everything, and ends with DELETE', async () => {
    const { ask, begin } = server();
    const answer = await begin('secret');
    expect(answer.status).toBe(200);
    expect(Date.parse(((await answer.json()) as { endsAt: string }).endsAt)).toBeGreaterThan(Date.now());
    expect(answer.headers.get('set-cookie')).toMatch(/^assay=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    const Cookie = cookieOf(answer);
    expect((await ask('/openapi.json', { headers: { Cookie } })).status).toBe(200);
    const standing = async (headers: Record<string, string>): Promise<unknown> => (await ask('/v1/session', { headers })).json();
    expect(await standing({ Cookie })).toEqual({ endsAt: expect.stringMatching(/Z$/) });
    expect([await standing({}), await standing({ Cookie, Authorization: 'Bearer secret' })]).toEqual([{ endsAt: null }, { endsAt: null }]);
    const ended = await ask('/v1/session', { method: 'DELETE', headers: { Cookie } });
    expect(ended.status).toBe(204);
    expect(ended.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await ask('/openapi.json', { headers: { Cookie } })).status).toBe(401);
  });

  test('over TLS has a cookie that only this host can have set', async () => {
    const { ask, begin } = server();
    const answer = await begin('secret', 'https://assay.example');
    expect(answer.headers.get('set-cookie')).toMatch(/^__Host-assay=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    expect((await ask('/openapi.json', { headers: { Cookie: cookieOf(answer) } })).status).toBe(200);
  });

  test.each(['assay=secret', 'assay=', 'assay=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'])('is not %s', async (Cookie) => {
    expect((await server().ask('/openapi.json', { headers: { Cookie } })).status).toBe(401);
  });

  test('does not outdo a wrong token in the header', async () => {
    const { ask, begin } = server();
    const Cookie = cookieOf(await begin('secret'));
    expect((await ask('/openapi.json', { headers: { Cookie, Authorization: 'Bearer wrong' } })).status).toBe(401);
  });

  test('is refused to another site’s page, whatever it knows', async () => {
    const app = createApi({ db, token: 'secret' });
    const request = { ...sign, headers: { ...sign.headers, Origin: 'http://evil.example' }, body: JSON.stringify({ token: 'secret' }) };
    const answer = await app.request('http://localhost/v1/session', request);
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null]);
  });

  test('is refused with 401 to a wrong token and with 429 and a time after five', async () => {
    const { ask, begin } = server();
    const header = (token: string) => ask('/openapi.json', { headers: { Authorization: `Bearer ${token}` } });
    for (let n = 0; n < 5; n += 1) {
      // In the header they count as well.
      const answer = await (n % 2 === 0 ? begin('guess') : header('guess'));
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([401, null]);
    }
    for (const answer of [await begin('guess'), await header('guess')]) {
      expect(answer.status).toBe(429);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await answer.json()).toMatchObject({ code: 'too_many_requests', hint: expect.stringMatching(/^try again in \d+ s$/) });
    }
    // The right one is let in: who shares the address, behind a proxy, is not locked out by another's guesses.
    const right = await begin('secret');
    expect([right.status, (await header('secret')).status]).toEqual([200, 200]);
    expect((await ask('/openapi.json', { headers: { Cookie: cookieOf(right) } })).status).toBe(200);
  });

  test('is not needed where there is no token', async () => {
    const app = createApi({ db });
    const answer = await app.request('http://localhost/v1/session', { ...sign, body: JSON.stringify({ token: 'any' }) });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([409, 'conflict']);
    expect(await (await app.request('http://localhost/v1/session')).json()).toEqual({ endsAt: null });
  });
});
