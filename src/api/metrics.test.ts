import { afterEach, expect, test, vi } from 'vitest';
import { createRunStatistics } from '../runner/telemetry/run-statistics.ts';
import { createWorkerMetrics } from './metrics.ts';

afterEach(() => void vi.useRealTimers());

test('a run is unwell while none of its workers starts, such as behind a database that says nothing', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { observe, unwell } = await createRunStatistics();
  expect(unwell()).toBeNull();
  vi.advanceTimersByTime(40_000);
  expect(unwell()).toBe('no worker has started for 40 s');
  observe({ kind: 'worker-started', device: 'cpu', pid: 1 });
  expect(unwell()).toBeNull();
});

test('a worker is unwell while its database is silent, and says why', async () => {
  const statistics = await createRunStatistics();
  const app = createWorkerMetrics({ text: statistics.text, unwell: statistics.unwell });
  const health = async () => {
    const answer = await app.request('http://127.0.0.1/healthz');
    return { status: answer.status, body: await answer.json() };
  };
  const well = { status: 200, body: { status: 'ok' } };
  expect(await health()).toEqual(well);
  statistics.observe({ kind: 'database-silent', device: 'gpu:1', silentMs: 60_000, because: 'timed out' });
  expect(await health()).toEqual({
    status: 503,
    body: { status: 'unavailable', because: 'no answer from the database for 60 s on gpu:1' },
  });
  // Another device that is answered says nothing about this one.
  statistics.observe({ kind: 'database-answers', device: 'cpu', silentMs: 15_000 });
  expect((await health()).status).toBe(503);
  statistics.observe({ kind: 'database-answers', device: 'gpu:1', silentMs: 70_000 });
  expect(await health()).toEqual(well);
});
