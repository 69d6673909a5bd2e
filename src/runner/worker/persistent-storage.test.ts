import { describe, expect, test, vi } from 'vitest';
import { AssayError } from '../../core/errors.ts';
import type { Asked, ClaimRequest, Storage } from '../../search/study/storage.ts';
import { answerLimitMs } from '../../storage/answer-limit.ts';
import { persist, persistent } from './persistent-storage.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const queued: Asked = { kind: 'queued', number: 4 };

/** Only `ask` exists; it fails with each of the errors in turn and then answers. */
function failing(errors: readonly unknown[]): { readonly storage: Storage; readonly calls: () => number } {
  let calls = 0;
  const ask = async (): Promise<Asked> => {
    calls += 1;
    if (calls <= errors.length) throw errors[calls - 1];
    return queued;
  };
  return { storage: { ask } as unknown as Storage, calls: () => calls };
}

describe('a storage that outlives its database', () => {
  test('asks again, after reviving the server, until it is answered', async () => {
    const { storage, calls } = failing([refused, refused]);
    const told: unknown[] = [];
    let revivals = 0;
    const revive = async (): Promise<void> => {
      revivals += 1;
      if (revivals === 1) throw new Error('not yet');
    };
    const durable = persistent(storage, { patienceMs: 10_000, revive, onRetry: (error) => told.push((error as Error).message) });
    expect(await durable.ask(1)).toEqual(queued);
    expect(calls()).toBe(3);
    expect(told).toEqual(['connect ECONNREFUSED', 'not yet', 'connect ECONNREFUSED']);
  });

  test.each(['40001', '40P01', '53300', '25006'])(
    'tries again without reviving anybody when the server turns it away (%s)',
    async (code) => {
      const { storage, calls } = failing([new Error('Failed query', { cause: Object.assign(new Error('not now'), { code }) })]);
      let revivals = 0;
      const durable = persistent(storage, { patienceMs: 10_000, revive: async () => void revivals++, onRetry: () => undefined });
      expect(await durable.ask(1)).toEqual(queued);
      expect([calls(), revivals]).toEqual([2, 0]);
    },
  );

  test('takes one trial however often it has to say so: under one token, a new one for each', async () => {
    const requests: ClaimRequest[] = [];
    const take: Storage['take'] = async (request) => {
      requests.push(request);
      if (requests.length < 3) throw refused;
      return { kind: 'none', open: true, paused: false };
    };
    const durable = persistent({ take } as unknown as Storage, {
      patienceMs: 10_000,
      revive: async () => undefined,
      onRetry: () => undefined,
    });
    for (let i = 0; i < 2; i++) await durable.take({ studies: [1], worker: 'w', leaseMs: 1000 });
    const [first, second, third, another] = requests.map(({ token }) => token);
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect([second, third]).toEqual([first, first]);
    expect(another).not.toBe(first);
    expect(requests.map(({ repeated = false }) => repeated)).toEqual([false, true, true, false]);
  });

  test('gives up when its patience ends', async () => {
    const { storage } = failing([refused]);
    const durable = persistent(storage, { patienceMs: 0, revive: async () => undefined, onRetry: () => undefined });
    await expect(durable.ask(1)).rejects.toMatchObject({ code: 'database_unavailable', hint: expect.stringContaining('run again') });
  });

  test('passes every other failure on at once', async () => {
    const { storage, calls } = failing([new AssayError('not_found', 'no such study')]);
    const durable = persistent(storage, { patienceMs: 10_000, revive: async () => undefined, onRetry: () => undefined });
    await expect(durable.ask(1)).rejects.toMatchObject({ code: 'not_found' });
    expect(calls()).toBe(1);
  });

  const options = { patienceMs: 10_000, revive: async () => undefined, onRetry: () => undefined };
  const silence = new AssayError('database_unavailable', 'no answer from the database for 15 s');

  test('tries until it is told to end, at once: asleep, on the way, or before', async () => {
    const ending = new AbortController();
    const until = ending.signal;
    const asleep = persist(() => Promise.reject(refused), { ...options, until });
    const reviving = persist(() => Promise.reject(refused), { ...options, until, revive: () => new Promise(() => undefined) });
    const onTheWay = persist(() => new Promise(() => undefined), { ...options, until });
    await new Promise((resolve) => setTimeout(resolve, 100));
    ending.abort(silence);
    for (const each of [asleep, reviving, onTheWay]) await expect(each).rejects.toBe(silence);
    const verb = vi.fn(async () => 1);
    await expect(persist(verb, { ...options, until })).rejects.toBe(silence);
    expect(verb).not.toHaveBeenCalled();
  });

  test('waits a while for an answer that is on its way when the trying ends', async () => {
    const ending = new AbortController();
    const answer = persist(() => new Promise((resolve) => setTimeout(() => resolve('a trial'), 100)), {
      ...options,
      until: ending.signal,
      farewellMs: 5000,
    });
    ending.abort(silence);
    expect(await answer).toBe('a trial');
  });

  test('has more patience with each answer that did not come', async () => {
    const limits: unknown[] = [];
    const verb = async (): Promise<string> => {
      limits.push(answerLimitMs());
      if (limits.length < 3) throw silence;
      return 'done';
    };
    expect(await persist(verb, { ...options, answerMs: 7500 })).toBe('done');
    expect(limits).toEqual([7500, 15_000, 30_000]);
  });

  test('lets what a trial asks end earlier than the rest', async () => {
    const ended = AbortSignal.abort(silence);
    const storage = { renew: async () => 'alive', take: async () => ({ kind: 'none', open: true, paused: false }) } as unknown as Storage;
    const durable = persistent(storage, options, () => ({ until: ended }));
    await expect(durable.renew({ trial: '1/1', token: 't', attempt: 1 })).rejects.toBe(silence);
    expect(await durable.take({ studies: [1], worker: 'w', leaseMs: 1 })).toMatchObject({ kind: 'none' });
  });
});
