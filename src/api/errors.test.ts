import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { type ApiRequest, apiClient, transports } from '../../tests/fixtures/api.ts';
import { useDatabase } from '../../tests/fixtures/database.ts';
import { complete, studyWith } from '../../tests/fixtures/trials.ts';
import type { Db } from '../storage/database.ts';
import { problemSchema } from './problem.ts';

const database = useDatabase();

describe.each(transports)('$name', (transport) => {
  async function problemAt(path: string, init: ApiRequest = {}, db: Db = database.db) {
    const faults: unknown[] = [];
    const response = await apiClient({ db, onFault: (error) => faults.push(error) }, transport).request(path, init);
    const text = await response.text();
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(text).not.toMatch(/\.ts|node_modules|\bat .*:\d+/);
    const problem = problemSchema.strict().parse(JSON.parse(text));
    expect(problem.status).toBe(response.status);
    return { ...problem, faults, headers: response.headers };
  }

  describe('a query that does not fit', () => {
    test.each([
      ['/v1/studies?limit=201', 'limit'],
      ['/v1/studies?limit=0', 'limit'],
      ['/v1/studies?limit=ten', 'limit'],
      ['/v1/studies?limit=1&limit=2', 'limit'],
      ['/v1/studies?state=asleep', 'state'],
      ['/v1/studies?limitt=5', 'limitt'],
      ['/v1/studies?q=%00', 'q'],
      ['/v1/studies?cursor=garbage', 'cursor'],
      ['/v1/studies?cursor=%00', 'cursor'],
      ['/v1/compare', 'studies'],
      ['/v1/compare?studies=', 'studies'],
      ['/v1/compare?studies=a,B', 'studies'],
      ['/v1/studies/{study}/trials?state=complete,asleep', 'state'],
      ['/v1/studies/{study}/trials?sort=nonsense', 'sort'],
      ['/v1/studies/{study}/trials?where=nonsense', 'where'],
      ['/v1/studies/{study}/trials?where=lr%3Csmall', 'where'],
      [`/v1/studies/{study}/trials?where=${'lr%3C1+and+'.repeat(50)}lr%3C1`, 'where'],
      [`/v1/studies/{study}/trials?${'where=lr%3C1+and+lr%3E0+and+lr%3C2&'.repeat(17)}`, 'where'],
      ['/v1/studies?cursor=', 'cursor'],
      ['/v1/studies?limit=1e1', 'limit'],
      ['/v1/studies/{study}/best?reference=1,', 'reference'],
      ['/v1/studies/{study}/trials?cursor=bnVsbA', 'cursor'],
      ['/v1/studies/{study}/trials/0/reports?maxPoints=1', 'maxPoints'],
      ['/v1/studies/{study}/best?top=201', 'top'],
    ])('%s is 400 and names %s', async (path, field) => {
      const { name } = await studyWith(database.db, [{ outcome: complete(1) }]);
      const problem = await problemAt(path.replace('{study}', name));
      expect(problem).toMatchObject({ status: 400, title: 'Bad Request', code: 'usage', hint: expect.stringMatching(/./), faults: [] });
      expect(problem.errors.map((error) => error.field)).toEqual([field]);
      expect(problem.detail).toContain(problem.errors[0]?.message);
    });

    test('names every field at once', async () => {
      const { errors } = await problemAt('/v1/studies?limit=0&state=asleep&sort=x');
      expect(errors.map(({ field }) => field).toSorted()).toEqual(['limit', 'sort', 'state']);
    });

    test('a cursor of another sort, or written by hand, is 400', async () => {
      const { name } = await studyWith(database.db, [{ outcome: complete(1) }, { outcome: complete(2) }]);
      const page = await apiClient({ db: database.db }, transport).request(`/v1/studies/${name}/trials?sort=value&limit=1`);
      const { next } = (await page.json()) as { next: string };
      expect(await problemAt(`/v1/studies/${name}/trials?sort=-value&cursor=${next}`)).toMatchObject({
        status: 400,
        errors: [{ field: 'cursor' }],
      });
      const [identity] = JSON.parse(Buffer.from(next, 'base64url').toString()) as [string];
      for (const position of [
        ['no number', 0],
        ['1', 2 ** 52],
      ]) {
        const forged = Buffer.from(JSON.stringify([identity, ...position])).toString('base64url');
        expect(await problemAt(`/v1/studies/${name}/trials?sort=value&cursor=${forged}`)).toMatchObject({
          status: 400,
          code: 'usage',
          faults: [],
        });
      }
    });
  });

  describe('what does not exist', () => {
    test.each(['/', '/v1', '/v1/nothing', '/v1/studies/', '/favicon.ico', '/v1/studies/a/b/c'])('%s is 404', async (path) => {
      expect(await problemAt(path)).toMatchObject({ status: 404, title: 'Not Found', code: 'not_found', instance: path });
    });

    test.each(['', '/trials', '/trials/0', '/trials/0/reports', '/trials/0/validation', '/best'])(
      'an unknown study is 404 at %s, with the name that may have been meant',
      async (resource) => {
        const { name } = await studyWith(database.db, [{ outcome: complete(1) }]);
        const problem = await problemAt(`/v1/studies/${name}x${resource}`);
        expect(problem).toMatchObject({ status: 404, code: 'not_found', hint: expect.stringContaining(name), faults: [] });
      },
    );

    test.each(['trials/99', 'trials/99/reports', 'trials/99/validation', 'trials/abc', 'trials/-1', 'trials/99999999999'])(
      '%s of a study is 404',
      async (trial) => {
        const { name } = await studyWith(database.db, [{ outcome: complete(1) }]);
        expect(await problemAt(`/v1/studies/${name}/${trial}`)).toMatchObject({ status: 404, code: 'not_found' });
      },
    );

    test.each([
      '/v1/studies/NO%20NAME',
      '/v1/studies/%00',
      '/v1/studies/%ff',
      '/v1/models/none',
      '/v1/models/none/history',
      '/v1/compare?studies=none',
    ])('%s is 404', async (path) => {
      expect(await problemAt(path)).toMatchObject({ status: 404, code: 'not_found', faults: [] });
    });

    test('a metric that no trial has is 404 and named', async () => {
      const { name } = await studyWith(database.db, [{ outcome: complete(1, { sharpe: 1 }) }]);
      expect(await problemAt(`/v1/studies/${name}/best?metric=sharp`)).toMatchObject({ status: 404, errors: [{ field: 'metric' }] });
    });
  });

  describe('methods', () => {
    test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s is 405 and told what is allowed', async (method) => {
      const problem = await problemAt('/v1/studies', { method });
      expect(problem).toMatchObject({ status: 405, code: 'method_not_allowed' });
      expect(problem.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    });

    test('HEAD answers like GET without a body', async () => {
      const { name } = await studyWith(database.db, [{ outcome: complete(1) }]);
      const api = apiClient({ db: database.db }, transport);
      const [head, get] = [await api.request(`/v1/studies/${name}`, { method: 'HEAD' }), await api.request(`/v1/studies/${name}`)];
      expect([head.status, await head.text(), head.headers.get('etag')]).toEqual([200, '', get.headers.get('etag')]);
    });

    test('OPTIONS says what is allowed, and nothing to pages of other origins', async () => {
      const headers = { Origin: 'https://elsewhere.example', 'Access-Control-Request-Method': 'GET' };
      const response = await apiClient({ db: database.db }, transport).request('/v1/studies', { method: 'OPTIONS', headers });
      expect([response.status, response.headers.get('allow'), await response.text()]).toEqual([204, 'GET, HEAD, OPTIONS', '']);
      const names = [...response.headers.keys()];
      expect(names.filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(names).not.toContain('content-type');
    });
  });

  describe('faults', () => {
    test('a database that is gone is 503, for readiness too', async () => {
      const pool = new pg.Pool({ connectionString: 'postgresql://nobody:secret@127.0.0.1:1/none' });
      for (const path of ['/v1/studies', '/readyz']) {
        const problem = await problemAt(path, {}, drizzle(pool));
        expect(problem).toMatchObject({ status: 503, code: 'database_unavailable', faults: [expect.any(Error)] });
        expect(JSON.stringify(problem.detail + problem.hint)).not.toContain('secret');
      }
      expect((await apiClient({ db: drizzle(pool) }, transport).request('/healthz')).status).toBe(200);
      await pool.end();
    });

    test('a session that the server ends is 503', async () => {
      const pool = new pg.Pool({ connectionString: database.url });
      const ended = { execute: () => drizzle(pool).execute('select pg_terminate_backend(pg_backend_pid())') } as unknown as Db;
      expect(await problemAt('/readyz', {}, ended)).toMatchObject({ status: 503, code: 'database_unavailable' });
      await pool.end();
    });

    test('a query that is wrong is our mistake: 500', async () => {
      const wrong = { execute: () => database.db.execute('select nothing_of_the_kind') } as unknown as Db;
      const problem = await problemAt('/readyz', {}, wrong);
      expect(problem).toMatchObject({ status: 500, code: 'internal', faults: [expect.any(Error)] });
      expect(JSON.stringify({ ...problem, faults: [] })).not.toContain('nothing_of_the_kind');
    });

    test('of an unexpected error neither message nor stack leaves', async () => {
      const db = { execute: () => Promise.reject(new Error('secret internals')) } as unknown as Db;
      const problem = await problemAt('/readyz', {}, db);
      expect(problem).toMatchObject({ status: 500, code: 'internal', title: 'Internal Server Error', faults: [expect.any(Error)] });
      expect(JSON.stringify({ ...problem, faults: [] })).not.toContain('secret');
    });
  });
});
