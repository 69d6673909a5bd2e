import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useDatabase } from '../../tests/fixtures/database.ts';
import { complete, studyWith } from '../../tests/fixtures/trials.ts';
import { createApi } from '../api/app.ts';
import { listenOptions, type Serving, serve } from '../api/serve.ts';
import { controlStudy } from '../storage/commands/control-study.ts';
import { createStorage } from '../storage/storage.ts';
import { listenForChanges, type StudyChanges } from '../storage/study-changes.ts';
import { describeStudy } from '../testing/storage/subject.ts';
import { type Client, createClient, tagOf } from './client.ts';
import type { ClientOptions } from './send.ts';

const token = 'sixteen-letters-at-least';
const database = useDatabase();
let changes: StudyChanges;
let server: Serving;

const start = (port = 0): Promise<Serving> => {
  const listen = listenOptions({ port, token });
  return serve(listen, createApi({ db: database.db, changes, token: listen.token }).fetch);
};

beforeAll(async () => {
  changes = await listenForChanges(database.pool);
  server = await start();
});
afterAll(async () => {
  await server.close(0);
  changes.close();
});

const clientOf = (options: ClientOptions = {}): Client => createClient({ url: server.url, token, ...options });

/** A study with room for more trials. */
async function openStudy(wanted: Parameters<typeof studyWith>[1] = [{ outcome: complete(2) }, { outcome: complete(1) }]) {
  const { name, id } = await studyWith(database.db, wanted);
  await createStorage(database.db).open({ ...describeStudy({ name }), budget: { trials: 100 } });
  return { name, id };
}

/** Carries requests to the server and loses its first answers. */
function losing(answers: number, seen: Request[] = []): typeof fetch {
  let left = answers;
  return async (...parameters) => {
    seen.push(new Request(...parameters));
    const response = await fetch(...parameters);
    if (left-- <= 0) return response;
    await response.body?.cancel();
    throw new TypeError('fetch failed', { cause: new Error('the connection was cut') });
  };
}

describe('a client', () => {
  test('reads studies and trials with their types, parts of paths and lists in queries among them', async () => {
    const { name } = await openStudy();
    const client = clientOf({ url: `${server.url}/` });
    const page = await client.listStudies({ q: name, limit: 1 });
    expect(page).toMatchObject({ total: 1, items: [{ name, best: 1 }] });
    const trials = await client.listTrials({ study: name, state: ['complete', 'failed'], where: ['value<1.5'], sort: undefined });
    expect(trials.items.map(({ value, address }) => [value, address])).toEqual([[1, `${name}#1`]]);
    expect((await client.showTrial({ study: name, number: 0 })).params).toEqual(trials.items[0] === undefined ? null : expect.any(Object));
    expect(await client.health()).toEqual({ status: 'ok' });
  });

  test('gives an order on the condition that nothing has changed since an answer', async () => {
    const { name } = await openStudy();
    const client = clientOf();
    const seen = await client.showStudy({ study: name });
    const ifMatch = tagOf(seen);
    expect(ifMatch).toMatch(/^(W\/)?"/);
    expect(await client.pauseStudy({ study: name }, { ifMatch })).toMatchObject({ desiredState: 'paused' });
    await expect(client.resumeStudy({ study: name }, { ifMatch })).rejects.toMatchObject({
      name: 'ApiProblem',
      status: 412,
      code: 'changed',
    });
    expect(await client.resumeStudy({ study: name })).toMatchObject({ desiredState: 'open' });
  });

  test('queues a trial once, although the first answer is lost', async () => {
    const { name } = await openStudy();
    const seen: Request[] = [];
    const client = clientOf({ fetch: losing(1, seen) });
    const body = { params: { lr: 1e-3, layers: 2 } };
    expect(await client.enqueueTrial({ study: name, body })).toMatchObject({ number: 2, state: 'queued' });
    const keys = seen.map(({ headers }) => headers.get('idempotency-key'));
    expect(keys).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), keys[0]]);
    expect((await clientOf().listTrials({ study: name })).total).toBe(3);
    expect(await client.enqueueTrial({ study: name, body })).toMatchObject({ number: 3 });
    expect(await client.enqueueTrial({ study: name, body }, { idempotencyKey: 'my-own-key' })).toMatchObject({ number: 4 });
    expect(await client.enqueueTrial({ study: name, body }, { idempotencyKey: 'my-own-key' })).toMatchObject({ number: 4 });
  });

  test('does not repeat an order that the server could not know again', async () => {
    const { name } = await openStudy();
    const seen: Request[] = [];
    const client = clientOf({ fetch: losing(1, seen) });
    await expect(client.pauseStudy({ study: name })).rejects.toMatchObject({
      status: 0,
      code: 'no_answer',
      message: expect.stringContaining('was cut'),
    });
    expect(seen).toHaveLength(1);
    expect(await client.showStudy({ study: name })).toMatchObject({ desiredState: 'paused' });
  });

  test('throws what the server says, and where there is none, that', async () => {
    const client = clientOf();
    await expect(client.showStudy({ study: 'nowhere' })).rejects.toMatchObject({
      status: 404,
      code: 'not_found',
      hint: expect.any(String),
    });
    await expect(client.listStudies({ limit: 1000 })).rejects.toMatchObject({
      status: 400,
      errors: [{ field: 'limit', message: expect.any(String) }],
    });
    await expect(clientOf({ token: 'wrong' }).listStudies()).rejects.toMatchObject({ status: 401, code: 'unauthorized' });
    await expect(clientOf({ url: 'http://127.0.0.1:1', retries: 0 }).health()).rejects.toMatchObject({
      code: 'no_answer',
      hint: expect.stringContaining('assay serve'),
    });
    await expect(client.showStudy({ study: '' })).rejects.toThrow('needs study');
    const plain = clientOf({ fetch: async () => new Response('<html>bad gateway</html>', { status: 502 }) });
    await expect(plain.health()).rejects.toMatchObject({ status: 502, code: 'http_502', message: expect.stringContaining('bad gateway') });
  });

  test('waits as long as a server asks for, and sends again', async () => {
    let asked = 0;
    const busy: typeof fetch = async () =>
      asked++ === 0
        ? Response.json({ code: 'unavailable' }, { status: 503, headers: { 'retry-after': '0' } })
        : Response.json({ status: 'ok' });
    expect(await clientOf({ fetch: busy }).health()).toEqual({ status: 'ok' });
    expect(asked).toBe(2);
  });

  test('ends a request by its signal or its limit of time', async () => {
    const silent: typeof fetch = (_, init) =>
      new Promise((_resolve, reject) => init!.signal!.addEventListener('abort', () => reject(init!.signal!.reason as Error)));
    const reason = new Error('enough');
    const stop = new AbortController();
    const asked = clientOf({ fetch: silent }).listStudies({}, { signal: stop.signal });
    stop.abort(reason);
    await expect(asked).rejects.toBe(reason);
    await expect(clientOf({ fetch: silent, timeoutMs: 5, retries: 0 }).listStudies()).rejects.toMatchObject({
      code: 'no_answer',
      message: expect.stringContaining('5 ms'),
    });
  });
});

/** An answer that breaks off, or is silent, behind its first byte. */
const halfAnswer = (end?: Error): Response =>
  new Response(
    new ReadableStream({
      start: (body) => {
        body.enqueue(new TextEncoder().encode('{'));
        if (end !== undefined) body.error(end);
      },
    }),
  );

test('takes half of an answer for none: reads it again, and does not wait for the rest for ever', async () => {
  let asked = 0;
  const client = clientOf({
    fetch: async () => (asked++ === 0 ? halfAnswer(new TypeError('terminated')) : Response.json({ status: 'ok' })),
  });
  expect(await client.health()).toEqual({ status: 'ok' });
  const silent: typeof fetch = async (_, init) => {
    const { body } = halfAnswer();
    return new Response(body!.pipeThrough(new TransformStream(), { signal: init!.signal! }));
  };
  await expect(clientOf({ fetch: silent, timeoutMs: 5, retries: 0 }).health()).rejects.toMatchObject({
    code: 'no_answer',
    message: expect.stringContaining('5 ms'),
  });
});

describe('following a study', () => {
  test('hears every change and the end', async () => {
    const { name, id } = await openStudy([]);
    const storage = createStorage(database.db);
    const heard: string[] = [];
    for await (const event of clientOf().follow({ study: name, since: '0', params: true })) {
      if (event.kind === 'end') heard.push(event.state);
      else for (const { state, params } of event.trials) heard.push(`${state} ${Object.keys(params ?? {}).length}`);
      if (heard.length === 0) await storage.ask(id);
      if (heard.at(-1) === 'queued 2') await controlStudy(database.db, id, 'stop', 'me');
    }
    expect(heard).toEqual(['queued 2', 'cancelled 2', 'stopped']);
  });

  test('goes on behind a server that was away, without a gap, and ends by its signal', async () => {
    const { name, id } = await openStudy([]);
    const storage = createStorage(database.db);
    const own = await start();
    const stop = new AbortController();
    const numbers: number[] = [];
    let again: Serving | null = null;
    const following = (async () => {
      const client = createClient({ url: own.url, token, retries: 8 });
      await storage.ask(id);
      for await (const event of client.follow({ study: name, since: '0', signal: stop.signal })) {
        if (event.kind === 'changes') numbers.push(...event.trials.map(({ number }) => number));
        if (numbers.length === 1 && again === null) {
          await own.close(0);
          await storage.ask(id);
          again = await start(own.port);
        }
        if (numbers.length === 2) stop.abort(new Error('enough'));
      }
    })();
    await expect(following).rejects.toThrow('enough');
    expect(numbers).toEqual([0, 1]);
    await again!.close(0);
  });

  test('throws for a study that is not there', async () => {
    await expect(clientOf().follow({ study: 'nowhere' }).next()).rejects.toMatchObject({ status: 404 });
  });
});

test('needs an address where no page gives one', () => {
  expect(() => createClient()).toThrow("needs the server's url");
});
