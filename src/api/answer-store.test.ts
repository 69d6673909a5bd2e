import type { SQL } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { apiClient } from '../../tests/fixtures/api.ts';
import { useDatabase } from '../../tests/fixtures/database.ts';
import { complete, studyWith } from '../../tests/fixtures/trials.ts';
import { createStorage } from '../storage/storage.ts';
import { createAnswerStore } from './answer-store.ts';

const database = useDatabase();

const asked = (url: string, revision = 1, tag = `${revision}`) => ({ url, study: { id: 1, revision }, tag });
const text = (body: string, status = 200) =>
  Promise.resolve(new Response(body, { status, headers: { 'Content-Type': 'application/json' } }));

test('an answer is made once while its tag holds; beyond the bound the one that was not asked for longest is made again', async () => {
  const store = createAnswerStore(250);
  let made = 0;
  const get = async (url: string, revision = 1) => {
    const answer = await store.answer(asked(url, revision), () => {
      made += 1;
      return text(`${url} ${made}`.padEnd(100, '.'));
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
    return (await answer.text()).replace(/\.+$/, '');
  };
  expect([await get('/a'), await get('/a'), await get('/b'), await get('/a')]).toEqual(['/a 1', '/a 1', '/b 2', '/a 1']);
  expect(await get('/a', 2)).toBe('/a 3');
  expect(await get('/c', 2)).toBe('/c 4');
  expect(store.bytes()).toBeLessThanOrEqual(250);
  expect([await get('/a', 2), await get('/b', 2)]).toEqual(['/a 3', '/b 5']);
  // Restored from before: the same revision comes again.
  expect([await get('/b', 1), await get('/a', 2)]).toEqual(['/b 6', '/a 7']);
});

test('what is no success, or fails, is not kept', async () => {
  const store = createAnswerStore(1000);
  expect((await store.answer(asked('/a'), () => text('no', 404))).status).toBe(404);
  await expect(store.answer(asked('/a'), () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  expect(store.bytes()).toBe(0);
  expect(await (await store.answer(asked('/a'), () => text('yes'))).text()).toBe('yes');
});

test('a chart that nothing changed is answered from memory, and anew when a trial ends', async () => {
  const { id, name } = await studyWith(database.db, [{ outcome: complete(1) }, { outcome: complete(2) }, {}]);
  let reads = 0;
  const counted = new Proxy(database.db, {
    get: (db, key) => {
      if (key !== 'execute') return Reflect.get(db, key);
      return (query: SQL) => {
        reads += 1;
        return db.execute(query);
      };
    },
  });
  const api = apiClient({ db: counted });
  for (const chart of ['history', 'slice?params=lr', 'contour?pair=lr,layers', 'parallel', 'importance', 'edf', 'curves']) {
    const get = async () => (await api.request(`/v1/studies/${name}/charts/${chart}`)).json();
    const first = await get();
    const before = reads;
    expect(await get()).toEqual(first);
    expect(reads, chart).toBe(before);
  }
  const storage = createStorage(database.db);
  const claimed = await storage.claim({ studies: [id], worker: 'host:1:cpu', leaseMs: 60_000 });
  await storage.finish(claimed!.lease, complete(3));
  const after = await api.request(`/v1/studies/${name}/charts/history`);
  expect(await after.json()).toMatchObject({ total: 3, y: [1, 2, 3] });
});
