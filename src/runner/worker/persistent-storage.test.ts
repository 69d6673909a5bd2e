import { describe, expect, test, vi } from 'vitest';
import { AssayError } from '../../core/errors.ts';
import type { Asked, ClaimRequest, Storage } from '../../search/study/storage.ts';
import { answerLimitMs } from '../../storage/answer-limit.ts';
import { persist, persistent } from './persistent-storage.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const queued: Asked = { kind: 'queued', number: 4 };

/** A storage with `ask` only, which throws each of the errors in turn and then answers. */
function failing(errors: readonly unknown[]): { readonly storage: Storage; readonly calls: () => number } {
  let calls = 0;
  const ask = async (): Promise<Asked> => {
    calls += 1;
    if (calls <= errors.length) throw errors[calls - 1];
    return queued;
  };
  return { storage: { ask } as unknown as Storage, calls: () => calls };
}

describe('a persistent storage', () => {
  test('retries, reviving the server before each try, until there is an answer', async () => {
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

  test('repeats a take under the same token; each take has a new one', async () => {
    const requests: ClaimRequest[] = [];
    const take: Storage['take'] = async (request) => {
      requests.push(request);
      if (requests.length < 3) throw refused;
      return { kind: 'none', open: true, paused: [] };
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

  test('gives up after patienceMs', async () => {
    const { storage } = failing([refused]);
    const durable = persistent(storage, { patienceMs: 0, revive: async () => undefined, onRetry: () => undefined });
    await expect(durable.ask(1)).rejects.toMatchObject({ code: 'database_unavailable', hint: expect.stringContaining('run again') });
  });

  test('throws every other error at once', async () => {
    const { storage, calls } = failing([new AssayError('not_found', 'no such study')]);
    const durable = persistent(storage, { patienceMs: 10_000, revive: async () => undefined, onRetry: () => undefined });
    await expect(durable.ask(1)).rejects.toMatchObject({ code: 'not_found' });
    expect(calls()).toBe(1);
  });

  const options = { patienceMs: 10_000, revive: async () => undefined, onRetry: () => undefined };
  const silence = new AssayError('database_unavailable', 'no answer from the database for 15 s');

  test('stops retrying at once when the signal aborts: during a pause, during a call, or before', async () => {
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

  test('waits farewellMs for a pending answer after the signal', async () => {
    const ending = new AbortController();
    const answer = persist(() => new Promise((resolve) => setTimeout(() => resolve('a trial'), 100)), {
      ...options,
      until: ending.signal,
      farewellMs: 5000,
    });
    ending.abort(silence);
    expect(await answer).toBe('a trial');
  });

  test('doubles the time limit of an answer with each try', async () => {
    const limits: unknown[] = [];
    const verb = async (): Promise<string> => {
      limits.push(answerLimitMs());
      if (limits.length < 3) throw silence;
      return 'done';
    };
    expect(await persist(verb, { ...options, answerMs: 7500 })).toBe('done');
    expect(limits).toEqual([7500, 15_000, 30_000]);
  });

  test('the verbs of a lease can end earlier than the others', async () => {
    const ended = AbortSignal.abort(silence);
    const storage = { renew: async () => 'alive', take: async () => ({ kind: 'none', open: true, paused: [] }) } as unknown as Storage;
    const durable = persistent(storage, options, () => ({ until: ended }));
    await expect(durable.renew({ trial: '1/1', token: 't', attempt: 1 })).rejects.toBe(silence);
    expect(await durable.take({ studies: [1], worker: 'w', leaseMs: 1 })).toMatchObject({ kind: 'none' });
  });
});
