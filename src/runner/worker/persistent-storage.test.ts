import { describe, expect, it } from 'vitest';
import { AssayError } from '../../core/errors.ts';
import type { Asked, ClaimRequest, Storage } from '../../search/study/storage.ts';
import { persistent } from './persistent-storage.ts';

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
  it('asks again, after reviving the server, until it is answered', async () => {
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

  it.each(['40001', '40P01', '53300', '25006'])('tries again without reviving anybody when the server turns it away (%s)', async (code) => {
    const { storage, calls } = failing([new Error('Failed query', { cause: Object.assign(new Error('not now'), { code }) })]);
    let revivals = 0;
    const durable = persistent(storage, { patienceMs: 10_000, revive: async () => void revivals++, onRetry: () => undefined });
    expect(await durable.ask(1)).toEqual(queued);
    expect([calls(), revivals]).toEqual([2, 0]);
  });

  it('takes one trial however often it has to say so: under one token, a new one for each', async () => {
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

  it('gives up when its patience ends', async () => {
    const { storage } = failing([refused]);
    const durable = persistent(storage, { patienceMs: 0, revive: async () => undefined, onRetry: () => undefined });
    await expect(durable.ask(1)).rejects.toMatchObject({ code: 'database_unavailable', hint: expect.stringContaining('run again') });
  });

  it('passes every other failure on at once', async () => {
    const { storage, calls } = failing([new AssayError('not_found', 'no such study')]);
    const durable = persistent(storage, { patienceMs: 10_000, revive: async () => undefined, onRetry: () => undefined });
    await expect(durable.ask(1)).rejects.toMatchObject({ code: 'not_found' });
    expect(calls()).toBe(1);
  });
});
