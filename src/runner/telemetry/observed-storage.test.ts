import { describe, expect, test } from 'vitest';
import type { Storage } from '../../search/study/storage.ts';
import { observed } from './observed-storage.ts';
import { createRunStatistics } from './run-statistics.ts';
import { createWorkerStatistics } from './worker-statistics.ts';

/** Has only the verbs that the test calls. */
const storage = {
  renew: async () => 'alive',
  ask: async () => {
    throw new Error('away');
  },
} as unknown as Storage;

const lease = { trial: '1', token: 't', attempt: 1 };

describe('an observed storage', () => {
  test('answers and fails as before, and each observer is called for both', async () => {
    const heard: unknown[] = [];
    const watched = observed(storage, [
      (call) => (ended) => heard.push([call.verb, ended.kind]),
      ({ subject }) =>
        () =>
          heard.push(subject),
    ]);
    expect(await watched.renew(lease)).toBe('alive');
    await expect(watched.ask(1)).rejects.toThrow('away');
    expect(heard).toEqual([['renew', 'answered'], lease, ['ask', 'failed'], 1]);
  });

  test('without observers the storage is unchanged', () => {
    expect(observed(storage, [])).toBe(storage);
  });
});

describe('statistics', () => {
  test('of workers are labelled by device, added to those of the run, and removed with their process', async () => {
    const worker = await createWorkerStatistics({ device: 'gpu:1', threads: 3 });
    const watched = observed(storage, [worker.observe]);
    await watched.renew(lease);
    await watched.renew(lease);
    await watched.ask(1).catch(() => undefined);
    worker.hear({ kind: 'trial-started', address: 's#0', attempt: 1 });

    const run = await createRunStatistics();
    run.observe({ kind: 'statistics', device: 'gpu:1', metrics: await worker.read() });
    run.observe({ kind: 'trial-finished', address: 's#1', durationMs: 1500, outcome: { kind: 'pruned', atStep: 1, reason: 'r' } });
    const text = await run.text();
    expect(text).toContain('assay_storage_seconds_count{verb="renew",ending="answered",device="gpu:1"} 2\n');
    expect(text).toContain('assay_storage_seconds_count{verb="ask",ending="failed",device="gpu:1"} 1\n');
    expect(text).toContain('assay_trials_running{device="gpu:1"} 1\n');
    expect(text).toContain('assay_trial_slots{device="gpu:1"} 3\n');
    expect(text).toContain('assay_trials_ended_total{outcome="pruned"} 1\n');
    expect(text).toContain('assay_trial_seconds_total 1.5\n');

    run.observe({ kind: 'worker-died', device: 'gpu:1', because: 'SIGKILL', restartInMs: 1 });
    const after = await run.text();
    expect(after).not.toContain('assay_trials_running{device="gpu:1"}');
    expect(after).toContain('assay_worker_deaths_total{device="gpu:1"} 1\n');
  });
});
