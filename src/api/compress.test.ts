import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { useDatabase } from '../../tests/fixtures/database.ts';
import { complete, studyWith } from '../../tests/fixtures/trials.ts';
import { createApi } from './app.ts';
import { encodingOf } from './compress.ts';

const database = useDatabase();

test('the encoding is what the client accepts most', () => {
  for (const [accepted, encoding] of [
    ['', null],
    ['identity', null],
    ['gzip', 'gzip'],
    ['gzip, deflate, br, zstd', 'br'],
    ['br;q=0.5, gzip', 'gzip'],
    ['BR;Q=1.0', 'br'],
    ['br;q=0', null],
    ['br;q=0, *', 'gzip'],
    ['*;q=0.1', 'br'],
    ['br;q=x', null],
  ] as const)
    expect(encodingOf(accepted), accepted).toBe(encoding);
});

test('long answers are compressed, and are the same; short ones and errors come as they are', async () => {
  const { name } = await studyWith(
    database.db,
    Array.from({ length: 20 }, (_, i) => ({ outcome: complete(i) })),
  );
  const api = createApi({ db: database.db });
  const ask = (path: string, accepted: string) => api.request(path, { headers: { 'Accept-Encoding': accepted } });
  const path = `/v1/studies/${name}/trials`;
  const plain = await (await api.request(path)).text();
  for (const [accepted, unpack] of [
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const) {
    const answer = await ask(path, accepted);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-encoding': accepted,
      'content-type': 'application/json',
      vary: 'Accept-Encoding',
      'cache-control': 'private, no-cache',
      etag: expect.stringContaining(name),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(bytes.length).toBeLessThan(plain.length / 3);
    expect(unpack(bytes).toString()).toBe(plain);
  }
  for (const short of ['/healthz', '/v1/studies/absent']) {
    const answer = await ask(short, 'br');
    expect([answer.headers.get('content-encoding'), answer.headers.get('vary')]).toEqual([null, 'Accept-Encoding']);
    expect(await answer.json()).toBeTypeOf('object');
  }
  const again = await api.request(path, { headers: { 'Accept-Encoding': 'br', 'If-None-Match': '*' } });
  expect([again.status, await again.text()]).toEqual([304, '']);
});

test('a stream of events is never compressed: each is seen when it happens', async () => {
  const { name } = await studyWith(database.db, [{ outcome: complete(1) }, {}]);
  const closing = new AbortController();
  const api = createApi({ db: database.db, closing: closing.signal });
  const answer = await api.request(`/v1/studies/${name}/events?since=0`, { headers: { 'Accept-Encoding': 'br, gzip' } });
  expect([answer.headers.get('content-encoding'), answer.headers.get('vary')]).toEqual([null, null]);
  const reader = answer.body!.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toContain('retry:');
  closing.abort();
  await reader.cancel();
});
