import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AssayError } from '../../core/errors.ts';
import { type Contact, type ContactEvent, watchContact } from './contact.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const leaseMs = 15_000;
let told: ContactEvent[];
let asked: number;
let contact: Contact;
/** What asking comes to. */
let reply: () => Promise<unknown>;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  asked = 0;
  reply = () => new Promise(() => undefined);
  contact = watchContact({
    leaseMs,
    ask: () => {
      asked += 1;
      return reply();
    },
    tell: (event) => told.push(event),
  });
});
afterEach(() => {
  contact.close();
  vi.useRealTimers();
});

const answered = (): void => contact.observe({ verb: 'renew', subject: null })({ kind: 'answered', answer: 'alive' });
const failed = (error: unknown): void => contact.observe({ verb: 'renew', subject: null })({ kind: 'failed', error });

test('a database that answers now and then is not silent and gets no probes', async () => {
  for (let i = 0; i < 20; i++) {
    await vi.advanceTimersByTimeAsync(4000);
    answered();
  }
  expect([told, asked, contact.period().aborted]).toEqual([[], 0, false]);
});

test('without other calls a probe is sent every third of a lease', async () => {
  reply = async () => undefined;
  await vi.advanceTimersByTimeAsync(30_000);
  expect([told, asked]).toEqual([[], 6]);
});

test('no answer for a whole lease is silence, with the reason of the failed calls; the next answer, also an error of the database, ends it', async () => {
  const lost = vi.fn();
  contact.onSilence(lost);
  const before = contact.period();
  failed(refused);
  await vi.advanceTimersByTimeAsync(14_900);
  expect([told, before.aborted]).toEqual([[], false]);
  await vi.advanceTimersByTimeAsync(200);
  expect(told).toEqual([{ kind: 'silent', silentMs: 15_000, because: 'connect ECONNREFUSED' }]);
  expect(lost).toHaveBeenCalledExactlyOnceWith('no answer from the database for 15 s');
  expect(before.reason).toMatchObject({ code: 'database_unavailable', message: 'no answer from the database for 15 s' });
  failed(refused);
  await vi.advanceTimersByTimeAsync(4900);
  expect(contact.period().aborted).toBe(true);
  failed(Object.assign(new Error('deadlock detected'), { code: '40P01' }));
  expect(told[1]).toEqual({ kind: 'answers', silentMs: 20_000 });
  expect(contact.period().aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(15_000);
  expect(told.map(({ kind }) => kind)).toEqual(['silent', 'answers', 'silent']);
});

test('during silence a probe is sent every second until the first answer', async () => {
  reply = () => Promise.reject(refused);
  await vi.advanceTimersByTimeAsync(20_000);
  const before = asked;
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked - before).toBe(5);
  reply = async () => undefined;
  await vi.advanceTimersByTimeAsync(1000);
  expect(told.map(({ kind }) => kind)).toEqual(['silent', 'answers']);
});

test('a host that the name service does not know is silence, as no database has answered', async () => {
  const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND db'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' });
  for (let i = 0; i < 8; i++) {
    contact.failed(new AssayError('database_unavailable', 'PostgreSQL at db:5432 cannot be used', { cause: unknown }));
    await vi.advanceTimersByTimeAsync(2000);
  }
  expect(told).toMatchObject([{ kind: 'silent', because: 'getaddrinfo ENOTFOUND db' }]);
});
