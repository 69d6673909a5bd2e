import { setTimeout as sleep } from 'node:timers/promises';
import { drizzle } from 'drizzle-orm/node-postgres';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { apiClient, publishedCheck } from '../../tests/fixtures/api.ts';
import { useDatabase } from '../../tests/fixtures/database.ts';
import { patience } from '../../tests/fixtures/patience.ts';
import { complete, studyWith } from '../../tests/fixtures/trials.ts';
import { controlStudy } from '../storage/commands/control-study.ts';
import { pauseTrial } from '../storage/commands/pause-trial.ts';
import { removeStudy } from '../storage/commands/remove-study.ts';
import { createStorage } from '../storage/storage.ts';
import { listenForChanges, type StudyChanges } from '../storage/study-changes.ts';
import { describeStudy } from '../testing/storage/subject.ts';
import { type ApiOptions, createApi } from './app.ts';
import { changesSchema, endSchema } from './routes/events.ts';
import { listenOptions, serve } from './serve.ts';

const database = useDatabase();
let changes: StudyChanges;
let listeners = 0;

beforeEach(async () => {
  const shared = await listenForChanges(database.pool);
  changes = {
    ...shared,
    onChange: (studies, listener) => {
      const off = shared.onChange(studies, listener);
      listeners += 1;
      return () => {
        listeners -= 1;
        off();
      };
    },
  };
});
afterEach(async () => {
  changes.close();
  await vi.waitFor(() => expect(listeners).toBe(0), patience);
});

const api = (options: Partial<ApiOptions> = {}) => createApi({ db: database.db, changes, ...options });

interface SseEvent {
  readonly event: string;
  readonly id: string;
  readonly data: unknown;
}

/** What a client of server-sent events makes of a body: its events, and every other line. */
async function* eventsOf(body: ReadableStream<Uint8Array>, others: string[] = []): AsyncGenerator<SseEvent, void, undefined> {
  let text = '';
  for await (const part of body.pipeThrough(new TextDecoderStream())) {
    text += part;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]));
      if (fields['data'] === undefined) others.push(block);
      else yield { event: fields['event'] ?? '', id: fields['id'] ?? '', data: JSON.parse(fields['data']) };
    }
  }
}

/** The events of a stream, the data checked against what is documented. */
async function* follow(path: string, headers: Record<string, string> = {}, options: Partial<ApiOptions> = {}) {
  const response = await api(options).request(path, { headers });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  for await (const { event, id, data } of eventsOf(response.body!)) {
    (await publishedCheck({ db: database.db })).component(event === 'end' ? 'End' : 'Changes', data);
    if (event === 'end') {
      yield { event, id, data: endSchema.parse(data) } as const;
      continue;
    }
    const page = changesSchema.parse(data);
    expect(page).toEqual(data);
    expect([event, page.next]).toEqual(['changes', id]);
    yield { event: 'changes', id, data: page } as const;
  }
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const told = (events: readonly { readonly event: string; readonly data: unknown }[]) =>
  events.flatMap(({ event, data }) =>
    event === 'end'
      ? [data]
      : (data as { trials: readonly { number: number; state: string }[] }).trials.map(({ number, state }) => `${number} ${state}`),
  );

async function work(study: number, value: number): Promise<void> {
  const storage = createStorage(database.db);
  const taken = await storage.take({ studies: [study], worker: 'w', leaseMs: 600_000 });
  if (taken.kind === 'taken') await storage.finish(taken.claimed.lease, complete(value));
}

test('a study is followed from now on, woken by what happens, until it ends', async () => {
  const { id, name, revision } = await studyWith(database.db, [{ outcome: complete(3) }], { budget: { trials: 2 } });
  const events = follow(`/v1/studies/${name}/events`);
  expect((await events.next()).value).toMatchObject({
    event: 'changes',
    id: String(revision),
    data: { more: false, trials: [], study: { name, state: 'idle', best: 3, counts: { complete: 1 } } },
  });
  await work(id, 1);
  const later = await all(events);
  expect(told(later).at(-1)).toEqual({ state: 'complete' });
  expect(told(later)).toContain('1 complete');
  expect(later.at(-2)).toMatchObject({ data: { study: { state: 'complete', best: 1, counts: { complete: 2 } } } });
  // The end is no change of its own.
  expect(later.at(-1)?.id).toBe(later.at(-2)?.id);
});

test('who comes again with the id of the last event misses nothing and hears nothing twice', async () => {
  const { id, name } = await studyWith(
    database.db,
    Array.from({ length: 5 }, (_, i) => ({ outcome: complete(i) })),
    { budget: { trials: 8 } },
  );
  const path = `/v1/studies/${name}/events`;
  const heard: string[] = [];
  let lastId = '0';
  for (let i = 0; i < 3; i++) {
    // Goes away after one event each time.
    const events = follow(`${path}?since=0`, { 'Last-Event-ID': lastId });
    const { value } = await events.next();
    await events.return();
    heard.push(...told([value!]).map(String));
    lastId = value!.id;
    await work(id, i);
  }
  heard.push(...told(await all(follow(path, { 'Last-Event-ID': lastId }))).map((item) => (typeof item === 'string' ? item : 'end')));
  expect(heard).toEqual([...Array.from({ length: 8 }, (_, number) => `${number} complete`), 'end']);
  expect(told(await all(follow(`${path}?since=0`)))).toHaveLength(9);
});

test('parameters come on request', async () => {
  const { name } = await studyWith(database.db, [{ params: { lr: 0.25, layers: 2 }, outcome: complete(1, { sharpe: Number.NaN }) }]);
  const first = async (query: string) => (await follow(`/v1/studies/${name}/events?since=0${query}`).next()).value?.data;
  expect(await first('&params=true')).toMatchObject({ trials: [{ params: { lr: 0.25, layers: 2 } }] });
  const { trials } = changesSchema.parse(await first(''));
  expect(trials).toMatchObject([{ value: 1, metrics: { sharpe: null }, nonFinite: { 'metrics.sharpe': 'NaN' } }]);
  expect(trials[0]).not.toHaveProperty('params');
});

test('a study that ended is told so once; a client that comes again by itself is told not to', async () => {
  const { name, revision, id } = await studyWith(database.db, [{ outcome: complete(1) }]);
  const path = `/v1/studies/${name}/events`;
  expect(told(await all(follow(`${path}?since=${revision}`)))).toEqual([{ state: 'complete' }]);
  expect((await api().request(path, { headers: { 'Last-Event-ID': String(revision) } })).status).toBe(204);
  // It goes on: what happened since is told.
  await createStorage(database.db).open(describeStudy({ name, budget: { trials: 2 } }));
  await work(id, 2);
  expect(told(await all(follow(path, { 'Last-Event-ID': String(revision) })))).toEqual(['1 complete', { state: 'complete' }]);
});

test('a stopped study and a removed one end, too', async () => {
  const { id, name } = await studyWith(database.db, [{}, {}]);
  const events = follow(`/v1/studies/${name}/events?since=0`);
  expect(told([(await events.next()).value!])).toEqual(['0 queued', '1 queued']);
  await pauseTrial(database.db, id, 0, 'operator');
  await controlStudy(database.db, id, 'stop', 'operator');
  expect(told(await all(events)).at(-1)).toEqual({ state: 'stopped' });
  await controlStudy(database.db, id, 'resume', 'operator');
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const again = follow(`/v1/studies/${name}/events`);
  await again.next();
  const rest = all(again);
  await removeStudy(database.db, id);
  // No revision says so: the next look by the clock does.
  vi.advanceTimersByTime(5000);
  vi.useRealTimers();
  expect(told(await rest)).toEqual([{ state: 'removed' }]);
});

test.each([
  ['/v1/studies/no-such-study/events', {}, 404, 'not_found'],
  ['/v1/studies/followed/events', { 'Last-Event-ID': 'yesterday' }, 400, 'usage'],
  ['/v1/studies/followed/events', { 'Last-Event-ID': '1000' }, 400, 'usage'],
  ['/v1/studies/followed/events?since=-1', {}, 400, 'usage'],
  ['/v1/studies/followed/events?since=1000', {}, 400, 'usage'],
  ['/v1/studies/followed/events?params=yes', {}, 400, 'usage'],
  ['/v1/studies/followed/events?limit=1', {}, 400, 'usage'],
])('GET %s with %o is a problem and no stream', async (path, headers, status, code) => {
  if (path.includes('followed')) await studyWith(database.db, [], { name: 'followed' });
  const response = await apiClient({ db: database.db, changes }).request(path, { headers });
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toMatchObject({ status, code, hint: expect.any(String) });
});

test('the token is asked for before anything streams', async () => {
  const { name } = await studyWith(database.db, [{ outcome: complete(1) }]);
  const app = api({ token: 'secret' });
  expect((await app.request(`/v1/studies/${name}/events`)).status).toBe(401);
  const response = await app.request(`/v1/studies/${name}/events?since=0`, { headers: { Authorization: 'Bearer secret' } });
  expect(told(await all(eventsOf(response.body!)))).toEqual(['0 complete', { state: 'complete' }]);
});

test('a database that is away is a problem; HEAD asks for no stream', async () => {
  const db = drizzle('postgresql://127.0.0.1:1/none');
  expect((await api({ db }).request('/v1/studies/x/events')).status).toBe(503);
  const { name } = await studyWith(database.db, [{}]);
  const head = await api().request(`/v1/studies/${name}/events`, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-type'), head.body]).toEqual([200, 'text/event-stream', null]);
});

describe('behind a port', () => {
  test('many follow one study over one listening session, and whoever leaves is forgotten at once', async () => {
    const { id, name } = await studyWith(database.db, [], { budget: { trials: 1 } });
    const closing = new AbortController();
    const server = await serve(listenOptions({ port: 0 }), api({ closing: closing.signal }).fetch);
    try {
      const url = `${server.url}/v1/studies/${name}/events`;
      const leaving = new AbortController();
      const left = await fetch(url, { signal: leaving.signal });
      const staying = await Promise.all([1, 2, 3].map(() => fetch(url)));
      const streams = staying.map(({ body }) => eventsOf(body!));
      await Promise.all(streams.map((stream) => stream.next()));
      await vi.waitFor(() => expect(listeners).toBe(4), patience);
      // Sessions of the tests before may still be ending.
      await vi.waitFor(async () => {
        const listening = `select from pg_stat_activity where datname = current_database() and query like 'listen %'`;
        expect((await database.pool.query(listening)).rowCount).toBe(1);
      }, patience);
      leaving.abort();
      await expect(left.text()).rejects.toThrow();
      await vi.waitFor(() => expect(listeners).toBe(3), patience);
      await work(id, 1);
      for (const stream of streams) expect(told(await all(stream)).slice(-2)).toEqual(['0 complete', { state: 'complete' }]);
    } finally {
      await server.close(0);
    }
  });

  test('a server that closes ends its streams, so that no client waits for them', async () => {
    const { name } = await studyWith(database.db, [{}]);
    const closing = new AbortController();
    const server = await serve(listenOptions({ port: 0 }), api({ closing: closing.signal }).fetch);
    const others: string[] = [];
    const stream = eventsOf((await fetch(`${server.url}/v1/studies/${name}/events`)).body!, others);
    await stream.next();
    closing.abort();
    await server.close(600_000);
    // No word of an end: the client comes again.
    expect(await all(stream)).toEqual([]);
    expect(others).toEqual(['retry: 1000']);
  });

  test('a dozen streams are no sign of a leak', async () => {
    const { name } = await studyWith(database.db, [{}]);
    const warned = vi.fn();
    process.on('warning', warned);
    const closing = new AbortController();
    const app = api({ closing: closing.signal });
    const responses = await Promise.all(Array.from({ length: 12 }, async () => app.request(`/v1/studies/${name}/events`)));
    const streams = responses.map(({ body }) => eventsOf(body!));
    await Promise.all(streams.map((stream) => stream.next()));
    closing.abort();
    expect(await Promise.all(streams.map(all))).toEqual(streams.map(() => []));
    process.off('warning', warned);
    expect(warned).not.toHaveBeenCalled();
  });

  test('a quiet stream shows that it lives', async () => {
    const { name } = await studyWith(database.db, [{}]);
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const closing = new AbortController();
    const others: string[] = [];
    const response = await api({ closing: closing.signal }).request(`/v1/studies/${name}/events`);
    const stream = eventsOf(response.body!, others);
    await stream.next();
    const rest = all(stream);
    vi.advanceTimersByTime(31_000);
    vi.useRealTimers();
    while (others.length < 3) await sleep(1);
    closing.abort();
    expect(await rest).toEqual([]);
    expect(others).toEqual(['retry: 1000', ': ping', ': ping']);
  });
});
