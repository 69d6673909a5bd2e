import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { apiClient } from '../../tests/fixtures/api.ts';
import { useDatabase } from '../../tests/fixtures/database.ts';
import { patience } from '../../tests/fixtures/patience.ts';
import { complete, studyWith } from '../../tests/fixtures/trials.ts';
import type { Db } from '../storage/database.ts';
import { createStorage } from '../storage/storage.ts';
import { listenForChanges, type StudyChanges } from '../storage/study-changes.ts';
import { createApi, standardStreams } from './app.ts';
import { sessionMs } from './sessions.ts';

const database = useDatabase();
let changes: StudyChanges;
const closing = new AbortController();

beforeEach(async () => {
  changes = await listenForChanges(database.pool);
});
afterEach(() => {
  vi.useRealTimers();
  changes.close();
});

/** The database, and how many pages of changes were read from it. */
function counted(): { readonly db: Db; readonly reads: () => number } {
  let reads = 0;
  const transaction: Db['transaction'] = (work, config) => {
    reads += 1;
    return database.db.transaction(work, config);
  };
  const db = new Proxy(database.db, { get: (target, name) => (name === 'transaction' ? transaction : Reflect.get(target, name)) });
  return { db, reads: () => reads };
}

/** Reads a stream in the background. */
function reading(response: Response): { readonly text: () => string; readonly ended: Promise<void> } {
  let text = '';
  const read = async (): Promise<void> => {
    for await (const part of response.body!.pipeThrough(new TextDecoderStream())) text += part;
  };
  return { text: () => text, ended: read() };
}

test('sixty streams of one study are fed by one query for each change', async () => {
  const { id, name } = await studyWith(database.db, [{ outcome: complete(3) }], { budget: { trials: 2 } });
  const { db, reads } = counted();
  const app = createApi({ db, changes, closing: closing.signal });
  const streams = await Promise.all(
    Array.from({ length: 60 }, async (_, i) =>
      reading(await app.request(`/v1/studies/${name}/events${i % 2 === 0 ? '' : '?params=true'}`)),
    ),
  );
  await vi.waitFor(() => expect(streams.every(({ text }) => text().includes('event: changes'))).toBe(true), patience);
  const before = reads();
  const storage = createStorage(database.db);
  const taken = await storage.take({ studies: [id], worker: 'w', leaseMs: 600_000 });
  if (taken.kind === 'taken') await storage.finish(taken.claimed.lease, complete(1));
  await Promise.all(streams.map(({ ended }) => ended));
  // One for each announcement, and one for each position at which they met: never one for each stream.
  expect(reads() - before).toBeLessThan(20);
  const told = streams.map(({ text }) => text());
  expect(told.every((text) => text.includes('"state":"complete"') && text.includes('event: end'))).toBe(true);
  expect(told[0]).not.toContain('"params"');
  expect(told[1]).toContain('"params":{');
});

test('on the timer all streams of a study read once', async () => {
  const { name } = await studyWith(database.db, [{}]);
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const { db, reads } = counted();
  const end = new AbortController();
  const app = createApi({ db, changes, closing: end.signal });
  const streams = await Promise.all(Array.from({ length: 30 }, async () => reading(await app.request(`/v1/studies/${name}/events`))));
  await vi.waitFor(() => expect(streams.every(({ text }) => text().includes('event: changes'))).toBe(true), patience);
  // Each waits for its pause of 250 ms before it receives notifications again.
  await new Promise((resolve) => setTimeout(resolve, 400));
  const before = reads();
  vi.advanceTimersByTime(5000);
  await vi.waitFor(() => expect(reads()).toBeGreaterThan(before), patience);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(reads() - before).toBe(1);
  end.abort();
  await Promise.all(streams.map(({ ended }) => ended));
});

test('a server has room for 64 streams, or as many as it is told; others are told to try again', async () => {
  expect(standardStreams).toBe(64);
  const { name } = await studyWith(database.db, [{}]);
  const end = new AbortController();
  const api = apiClient({ db: database.db, changes, closing: end.signal, mostStreams: 2 });
  const path = `/v1/studies/${name}/events`;
  const [first, second] = [await api.request(path), await api.request(path)];
  const refused = await api.request(path);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await refused.json()).toMatchObject({ code: 'unavailable', hint: expect.stringContaining('--max-streams') });
  // What is no stream is answered all the same.
  expect((await api.request(path, { method: 'HEAD' })).status).toBe(200);
  expect((await api.request(`/v1/studies/${name}`)).status).toBe(200);
  await first.body!.cancel();
  await vi.waitFor(async () => {
    const next = await api.request(path);
    expect(next.status).toBe(200);
    await next.body!.cancel();
  }, patience);
  end.abort();
  await second.text();
});

/** A server with a token, streams of one study by who asks for them, and what signs a browser out. */
async function guarded() {
  const { name } = await studyWith(database.db, [{}]);
  const end = new AbortController();
  const app = createApi({ db: database.db, changes, closing: end.signal, token: 'secret' });
  const signIn = async (): Promise<Record<string, string>> => {
    const body = JSON.stringify({ token: 'secret' });
    const answer = await app.request('/v1/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    return { Cookie: answer.headers.get('set-cookie')!.split(';')[0]! };
  };
  const follow = async (headers: Record<string, string>) => {
    const stream = reading(await app.request(`/v1/studies/${name}/events`, { headers }));
    await vi.waitFor(() => expect(stream.text()).toContain('event: changes'), patience);
    let open = true;
    void stream.ended.then(() => (open = false));
    return { ...stream, isOpen: () => open };
  };
  const signOut = (headers: Record<string, string>) => app.request('/v1/session', { method: 'DELETE', headers });
  return { signIn, signOut, follow, end };
}

test('the streams of a browser end when it signs out; those of others go on', async () => {
  const { signIn, signOut, follow, end } = await guarded();
  const [mine, other] = [await signIn(), await signIn()];
  const [first, second] = [await follow(mine), await follow(mine)];
  const others = [
    await follow(other),
    await follow({ Authorization: 'Bearer secret' }),
    await follow({ ...mine, Authorization: 'Bearer secret' }),
  ];
  await signOut(mine);
  await Promise.all([first.ended, second.ended]);
  expect(first.text()).not.toContain('event: end');
  expect(others.map(({ isOpen }) => isOpen())).toEqual([true, true, true]);
  end.abort();
  await Promise.all(others.map(({ ended }) => ended));
});

test('a stream ends with the time of its session', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  const { signIn, follow } = await guarded();
  const stream = await follow(await signIn());
  vi.setSystemTime(Date.now() + sessionMs);
  vi.advanceTimersByTime(15_000);
  await stream.ended;
});
