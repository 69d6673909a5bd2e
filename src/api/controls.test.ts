import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { apiClient, transports } from '../../tests/fixtures/api.ts';
import { useDatabase } from '../../tests/fixtures/database.ts';
import { complete, studyWith } from '../../tests/fixtures/trials.ts';
import { createStorage } from '../storage/storage.ts';
import { describeStudy as description } from '../testing/storage/subject.ts';
import { problemSchema } from './problem.ts';
import { studyControlledSchema } from './routes/study-controls.ts';
import { trialControlledSchema } from './routes/trial-controls.ts';

const database = useDatabase();
const params = { lr: 1e-3, layers: 2 };
/** More than any space has. */
const manyParams = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`p${i}`, i]));
const failure = { kind: 'failed', error: { code: 'trial_failed', message: 'boom' } } as const;

interface Sending {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

describe.each(transports)('$name', (transport) => {
  const api = () => apiClient({ db: database.db }, transport);

  async function post(path: string, { body, headers = {} }: Sending = {}): Promise<Response> {
    return api().request(path, {
      method: 'POST',
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  async function controlled<Schema extends z.ZodType>(path: string, schema: Schema, sending?: Sending): Promise<z.infer<Schema>> {
    const response = await post(path, sending);
    const answer: unknown = await response.json();
    expect(response.status, JSON.stringify(answer)).toBe(200);
    expect(schema.parse(answer)).toEqual(answer);
    return answer as z.infer<Schema>;
  }

  async function refused(path: string, sending?: Sending): Promise<z.infer<typeof problemSchema>> {
    const response = await post(path, sending);
    const problem = problemSchema.parse(await response.json());
    expect(problem.status).toBe(response.status);
    return problem;
  }

  /** Budget of a hundred trials. */
  async function studyOf(outcomes: Parameters<typeof studyWith>[1]) {
    const { name, id } = await studyWith(database.db, outcomes);
    await createStorage(database.db).open({ ...description({ name }), budget: { trials: 100 } });
    return { name, id };
  }

  const key = (text: string): NonNullable<Sending['headers']> => ({ 'idempotency-key': text });

  describe('controls of a study', () => {
    test('pause, resume, stop and cancel do what the commands do, and may be sent again', async () => {
      const { name, id } = await studyOf([{ outcome: complete(1) }]);
      const storage = createStorage(database.db);
      await storage.ask(id);
      expect(await controlled(`/v1/studies/${name}/pause`, studyControlledSchema)).toMatchObject({ study: name, desiredState: 'paused' });
      expect(await storage.ask(id)).toEqual({ kind: 'paused' });
      expect(await controlled(`/v1/studies/${name}/resume`, studyControlledSchema)).toMatchObject({ desiredState: 'open' });
      expect(await controlled(`/v1/studies/${name}/stop`, studyControlledSchema)).toMatchObject({ desiredState: 'stopped', cancelled: 1 });
      expect(await controlled(`/v1/studies/${name}/cancel`, studyControlledSchema)).toMatchObject({
        desiredState: 'stopped',
        cancelled: 0,
        ending: 0,
      });
    });

    test('a control of what has changed meanwhile is not carried out', async () => {
      const { name } = await studyOf([{ outcome: complete(1) }]);
      const seen = (await api().request(`/v1/studies/${name}`)).headers.get('etag')!;
      await controlled(`/v1/studies/${name}/pause`, studyControlledSchema, { headers: { 'if-match': seen } });
      expect(await refused(`/v1/studies/${name}/cancel`, { headers: { 'if-match': seen } })).toMatchObject({
        status: 412,
        code: 'changed',
      });
      const now = (await api().request(`/v1/studies/${name}`)).headers.get('etag')!;
      await controlled(`/v1/studies/${name}/cancel`, studyControlledSchema, { headers: { 'if-match': now } });
    });

    test.each([
      ['to a study', ['pause', 'stop', 'resume', 'pause', 'stop', 'resume'], ''],
      ['to a study that has nothing left to do', ['resume', 'resume', 'resume', 'resume', 'resume', 'resume'], ''],
      ['to a trial', ['pause', 'cancel', 'resume', 'pause', 'cancel', 'resume'], '/trials/1'],
      ['to try a trial again', Array.from({ length: 6 }, () => 'retry'), '/trials/0'],
      ['to queue trials', Array.from({ length: 6 }, () => ''), '/trials'],
    ])('of six requests %s with one ETag exactly one is carried out', async (_what, controls, resource) => {
      for (let round = 0; round < (transport === transports[0] ? 20 : 3); round++) {
        const { name, id } = await studyOf([{ outcome: failure }]);
        await createStorage(database.db).ask(id);
        const seen = (await api().request(`/v1/studies/${name}`)).headers.get('etag')!;
        const answers = await Promise.all(
          controls.map((control, i) => {
            const headers = { 'if-match': seen, ...key(`${name}-${i}`) };
            const path = `/v1/studies/${name}${resource}${control === '' ? '' : `/${control}`}`;
            return post(path, control === '' ? { body: { params }, headers } : { headers });
          }),
        );
        expect(
          answers.map(({ status }) => status).toSorted((a, b) => a - b),
          `round ${round}`,
        ).toEqual([200, 412, 412, 412, 412, 412]);
      }
    });

    test('a control is about the study, whatever its running trials have reported since', async () => {
      const { name, id } = await studyOf([{ outcome: failure }]);
      const storage = createStorage(database.db);
      await storage.ask(id);
      const claimed = await storage.claim({ studies: [id], worker: 'w', leaseMs: 60_000 });
      const seen = (await api().request(`/v1/studies/${name}/trials/1`)).headers.get('etag')!;
      await storage.report(claimed!.lease, { step: 1, value: 1 });
      await controlled(`/v1/studies/${name}/trials/1/pause`, trialControlledSchema, { headers: { 'if-match': seen } });
      for (const tag of [seen, '"nothing"', '', `W/"${name}-x"`, `"${name}x-1"`, 'W/"other-1"'])
        expect(await refused(`/v1/studies/${name}/pause`, { headers: { 'if-match': tag } })).toMatchObject({
          status: 412,
          code: 'changed',
        });
      await controlled(`/v1/studies/${name}/pause`, studyControlledSchema, { headers: { 'if-match': '*' } });
    });

    test('there is none to a study that does not exist', async () => {
      expect(await refused('/v1/studies/absent/pause')).toMatchObject({ status: 404, code: 'not_found' });
    });
  });

  describe('a trial', () => {
    test('is refused where its key was sent with anything else, whatever it is', async () => {
      const { name } = await studyOf([{ outcome: failure }, { outcome: failure }]);
      const other = await studyOf([{ outcome: failure }]);
      const path = `/v1/studies/${name}/trials`;
      const [queueKey, retryKey] = [key(randomUUID()), key(randomUUID())];
      const first = await controlled(path, trialControlledSchema, { body: { params }, headers: queueKey });
      const again = await controlled(`${path}/0/retry`, trialControlledSchema, { body: {}, headers: retryKey });
      for (const [at, body, headers] of [
        [path, { params: { ...params, layers: 3 } }, queueKey],
        [path, { params, priority: 1 }, queueKey],
        [path, { params, raiseBudget: true }, queueKey],
        [path, { params }, retryKey],
        [`/v1/studies/${other.name}/trials`, { params }, queueKey],
        [`${path}/0/retry`, {}, queueKey],
        [`${path}/0/retry`, { raiseBudget: true }, retryKey],
        [`${path}/0/retry`, { sameSeed: true }, retryKey],
        [path, { params, strict: true }, queueKey],
        [`${path}/1/retry`, {}, retryKey],
        [`/v1/studies/${other.name}/trials/0/retry`, {}, retryKey],
      ] as const)
        expect(await refused(at, { body, headers })).toMatchObject({
          status: 409,
          code: 'conflict',
          errors: [{ field: 'idempotency-key' }],
        });
      const { total } = (await (await api().request(path)).json()) as { total: number };
      expect(total).toBe(4);
      // What was sent before is answered as before, whatever has become of the study.
      await controlled(`/v1/studies/${name}/cancel`, studyControlledSchema);
      expect(await controlled(path, trialControlledSchema, { body: { params }, headers: queueKey })).toEqual(first);
      expect(await controlled(`${path}/0/retry`, trialControlledSchema, { body: {}, headers: retryKey })).toEqual(again);
    });

    test('is queued by exactly one of two studies that get one key at the same moment', async () => {
      for (let round = 0; round < 5; round++) {
        const [a, b] = [await studyOf([]), await studyOf([])];
        const sending = { body: { params }, headers: key(randomUUID()) };
        const answers = await Promise.all([a, b].map(({ name }) => post(`/v1/studies/${name}/trials`, sending)));
        expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
      }
    });

    test('is queued once for each key, however often the request is sent', async () => {
      const { name } = await studyOf([]);
      const path = `/v1/studies/${name}/trials`;
      const [one, another] = [key(randomUUID()), key(randomUUID())];
      const first = await controlled(path, trialControlledSchema, { body: { params }, headers: one });
      expect(first).toEqual({ address: `${name}#0`, number: 0, state: 'queued' });
      expect(await controlled(path, trialControlledSchema, { body: { params }, headers: one })).toEqual(first);
      expect(await controlled(path, trialControlledSchema, { body: { params }, headers: another })).toMatchObject({ number: 1 });
      // The order of members and what has a standard value are no content of their own.
      const same = { layers: 2, lr: 1e-3 };
      const spelled = { body: { raiseBudget: false, priority: 0, params: same }, headers: one };
      expect(await controlled(path, trialControlledSchema, spelled)).toEqual(first);
    });

    test.each([
      [{ body: { params } }, 'idempotency-key'],
      [{ body: { params }, headers: key('short') }, 'idempotency-key'],
      [{ body: { params: { lr: {} } }, headers: key('12345678') }, 'params'],
      [{ body: {}, headers: key('12345678') }, 'params'],
      [{ body: { params: manyParams(501) }, headers: key('12345678') }, 'params'],
      [{ body: { params, budget: 3 }, headers: key('12345678') }, 'budget'],
    ])('with a request that does not fit is refused with the field: %j', async (sending, field) => {
      const { name } = await studyOf([]);
      const problem = await refused(`/v1/studies/${name}/trials`, sending);
      expect(problem).toMatchObject({ status: 400, code: 'usage', errors: [{ field }] });
    });

    test('with 500 parameters is still one that the space is asked about', async () => {
      const { name } = await studyOf([]);
      const problem = await refused(`/v1/studies/${name}/trials`, { body: { params: manyParams(500) }, headers: key('12345678') });
      expect(problem).toMatchObject({ status: 400, code: 'params_invalid' });
    });

    test('outside of the space is refused with the parameter, and nothing is queued', async () => {
      const { name } = await studyOf([]);
      const problem = await refused(`/v1/studies/${name}/trials`, { body: { params: { ...params, lr: 7 } }, headers: key(`${name}-1`) });
      expect(problem).toMatchObject({ status: 400, code: 'params_invalid' });
      const { total } = (await (await api().request(`/v1/studies/${name}/trials`)).json()) as { total: number };
      expect(total).toBe(0);
    });

    test('beyond the budget needs a larger one', async () => {
      const { name } = await studyWith(database.db, [{ outcome: failure }]);
      const path = `/v1/studies/${name}/trials/0/retry`;
      expect(await refused(path, { body: {}, headers: key(`${name}-1`) })).toMatchObject({ status: 409, code: 'conflict' });
      const sending = { body: { raiseBudget: true }, headers: key(`${name}-1`) };
      expect(await controlled(path, trialControlledSchema, sending)).toMatchObject({ number: 1, state: 'queued' });
      expect(await controlled(path, trialControlledSchema, sending)).toMatchObject({ number: 1 });
    });

    test('is tried again once for each key, also where the request says what it had seen: it changed that itself', async () => {
      const { name } = await studyOf([{ outcome: failure }]);
      const path = `/v1/studies/${name}/trials/0/retry`;
      const seen = (await api().request(`/v1/studies/${name}`)).headers.get('etag')!;
      const sending = { body: {}, headers: { ...key(`${name}-1`), 'if-match': seen } };
      expect(await controlled(path, trialControlledSchema, sending)).toMatchObject({ number: 1, state: 'queued' });
      expect(await controlled(path, trialControlledSchema, sending)).toMatchObject({ number: 1, state: 'queued' });
      const another = { ...sending, headers: { ...sending.headers, ...key(randomUUID()) } };
      expect(await refused(path, another)).toMatchObject({ status: 412, code: 'changed' });
    });

    test('is paused and resumed, as often as it is asked for; a finished one is not', async () => {
      const { name, id } = await studyOf([{ outcome: complete(1) }]);
      await createStorage(database.db).ask(id);
      for (const [control, state] of [
        ['pause', 'paused'],
        ['pause', 'paused'],
        ['resume', 'queued'],
        ['resume', 'queued'],
      ])
        expect(await controlled(`/v1/studies/${name}/trials/1/${control}`, trialControlledSchema)).toMatchObject({ number: 1, state });
      expect(await refused(`/v1/studies/${name}/trials/0/pause`)).toMatchObject({ status: 409 });
    });

    test('that waits is cancelled at once; a finished one is not', async () => {
      const { name, id } = await studyOf([{ outcome: complete(1) }]);
      await createStorage(database.db).ask(id);
      expect(await controlled(`/v1/studies/${name}/trials/1/cancel`, trialControlledSchema)).toMatchObject({
        number: 1,
        state: 'cancelled',
      });
      expect(await refused(`/v1/studies/${name}/trials/0/cancel`)).toMatchObject({ status: 409 });
      expect(await refused(`/v1/studies/${name}/trials/0/retry`, { body: {}, headers: key(`${name}-1`) })).toMatchObject({ status: 409 });
    });
  });

  describe('a control that a page of another site sends', () => {
    test.each([
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: 'http://localhost:9999' },
    ])('is refused: %j', async (headers) => {
      const { name } = await studyOf([]);
      expect(await refused(`/v1/studies/${name}/cancel`, { headers })).toMatchObject({ status: 403, code: 'cross_site' });
    });

    test('but not from a page of this server', async () => {
      const { name } = await studyOf([]);
      const headers = { origin: 'http://localhost', 'sec-fetch-site': 'same-origin' };
      expect(await controlled(`/v1/studies/${name}/pause`, studyControlledSchema, { headers })).toMatchObject({ desiredState: 'paused' });
    });
  });

  test('a request larger than a megabyte is refused before it is read', async () => {
    const { name } = await studyOf([]);
    const response = await post(`/v1/studies/${name}/trials`, {
      body: { params: { lr: 'x'.repeat(1_100_000) } },
      headers: key(`${name}-1`),
    });
    expect(response.status).toBe(413);
  });

  test.each(['__proto__', 'constructor', 'prototype'])('a body with the key %s is refused, and nothing is queued', async (name) => {
    const { name: study } = await studyOf([]);
    for (const body of [
      `{"params":{"lr":0.001,"layers":2,"${name}":{"x":1}}}`,
      `{"params":{"lr":0.001,"layers":2},"${name}":{"raiseBudget":true}}`,
    ]) {
      const headers = { 'content-type': 'application/json; charset=utf-8' };
      const response = await api().request(`/v1/studies/${study}/trials`, { method: 'POST', headers, body });
      const problem = problemSchema.parse(await response.json());
      expect(problem).toMatchObject({ status: 400, code: 'usage', detail: expect.stringContaining(name) });
    }
    const { total } = (await (await api().request(`/v1/studies/${study}/trials`)).json()) as { total: number };
    expect(total).toBe(0);
  });
});
