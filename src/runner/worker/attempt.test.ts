import { describe, expect, test } from 'vitest';
import { AssayError } from '../../core/errors.ts';
import type { Claimed, DataRead, Paused, Storage } from '../../search/study/storage.ts';
import type { Outcome } from '../../search/trial/trial.ts';
import type { Host, Pool, TaskOptions } from '../pool/pool.ts';
import { failureOf } from '../thread/failure.ts';
import type { Task } from '../thread/protocol.ts';
import { startAttempt } from './attempt.ts';

const claimed: Claimed = {
  lease: { trial: '1/1', token: 'token', attempt: 1 },
  study: 1,
  address: 'market#0',
  number: 0,
  params: {},
  seed: 1,
  needs: null,
  module: { url: 'file:///study.ts', sourceHash: 'a', packagesHash: null, gitCommit: null, gitDirty: false },
};

/** Runs a trial that calls its host so and then completes, on a storage that answers so. Returns the outcome and the calls. */
async function attempt(
  objective: (host: Host) => Promise<unknown>,
  reply: Awaited<ReturnType<Storage['recordDataRead']>> = 'alive',
): Promise<{
  readonly reads: readonly DataRead[];
  readonly outcome: Outcome | undefined;
  readonly paused: readonly Paused[];
  readonly released: number;
  readonly ranOut: number;
}> {
  const reads: DataRead[] = [];
  const paused: Paused[] = [];
  let outcome: Outcome | undefined;
  let [released, ranOut] = [0, 0];
  const storage = {
    recordDataRead: async (_: unknown, read: DataRead) => {
      reads.push(read);
      return reply;
    },
    report: async () => ({
      lease: 'alive',
      decision: { prune: true, pause: true, reason: 'below the bar' },
      cancelled: false,
      pausing: false,
    }),
    checkpoint: async () => ({ lease: 'alive', gone: [] }),
    dropCheckpoints: async () => [],
    pause: async (_: unknown, why: Paused) => {
      paused.push(why);
      return 'alive';
    },
    release: async () => {
      released += 1;
      return 'alive';
    },
    finish: async (_: unknown, ended: Outcome) => {
      outcome = ended;
      return 'alive';
    },
  } as unknown as Storage;
  const run = async (_: Task, host: Host, { signal }: TaskOptions) =>
    objective(host).then(
      () =>
        signal.aborted
          ? ({ kind: 'cancelled', by: String(signal.reason) } as const)
          : ({ kind: 'done', value: { kind: 'complete', value: 1, metrics: {} } } as const),
      (error: unknown) => ({ kind: 'failed', error: failureOf(error) }) as const,
    );
  const pool = { threads: 1, run, close: async () => undefined } as unknown as Pool;
  await startAttempt(claimed, {
    storage,
    pool,
    device: 'cpu',
    graceMs: 0,
    artifacts: { put: () => Promise.reject(new Error('keeps nothing')), remove: async () => undefined },
    dataset: async (_, name, bind) => {
      const table = { name, hash: `hash of ${name}`, rows: 0, columns: {}, meta: null };
      await bind(table);
      return table;
    },
    disk: {
      hasSpace: async () => true,
      reportFull: () => {
        ranOut += 1;
      },
    },
    onEvent: () => undefined,
  }).ended;
  return { reads, outcome, paused, released, ranOut };
}

test('records what a trial reads and the end of its search window', async () => {
  const { reads, outcome } = await attempt(async (host) => {
    await host.dataset({ kind: 'dataset', name: 'bars' });
    await host.searched({ kind: 'searched', window: { dataset: 'bars', untilMs: 500 } });
  });
  expect(reads).toEqual([
    { name: 'bars', hash: 'hash of bars', searchedUntilMs: null },
    { name: 'bars', hash: 'hash of bars', searchedUntilMs: 500 },
  ]);
  expect(outcome).toMatchObject({ kind: 'complete' });
});

test('refuses a trial other data than its study started with', async () => {
  const { outcome } = await attempt((host) => host.dataset({ kind: 'dataset', name: 'bars' }), 'other_data');
  expect(outcome).toMatchObject({
    kind: 'failed',
    error: {
      code: 'conflict',
      message: expect.stringContaining('bars has other content than the study market'),
      hint: expect.stringContaining('--name'),
    },
  });
});

test('refuses a search window of a data set that the trial did not open', async () => {
  const { reads, outcome } = await attempt((host) => host.searched({ kind: 'searched', window: { dataset: 'bars', untilMs: 500 } }));
  expect(reads).toEqual([]);
  expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'trial_failed', hint: expect.stringContaining('context.dataset') } });
});

test('writes nothing more when the lease was lost at a read', async () => {
  expect((await attempt((host) => host.dataset({ kind: 'dataset', name: 'bars' }), 'lost')).outcome).toBeUndefined();
});

describe('a trial that the pruner stops', () => {
  const dailyReturns = { days: ['2024-03-01'], returns: [0.01] };
  const report = (host: Host, step: number, days?: typeof dailyReturns) =>
    host.report({ kind: 'report', report: { step, value: step }, ...(days && { dailyReturns: days }) });

  test('keeps the daily returns of its last report, also where it was to be paused and has no checkpoint', async () => {
    const { outcome } = await attempt(async (host) => {
      await report(host, 1, { days: ['2024-03-01'], returns: [0] });
      await report(host, 2, dailyReturns);
    });
    expect(outcome).toMatchObject({ kind: 'pruned', atStep: 1, dailyReturns });
  });

  test('keeps none of an earlier report', async () => {
    const { outcome } = await attempt(async (host) => {
      await report(host, 1, dailyReturns);
      await report(host, 2);
    });
    expect(outcome).toEqual({ kind: 'pruned', atStep: 1, reason: expect.any(String) as string });
  });
});

test('a full disk fails no trial: it goes back to the queue, and others wait', async () => {
  const full = () => Promise.reject(new AssayError('disk_full', 'the disk is full'));
  expect(await attempt(full)).toMatchObject({ outcome: undefined, released: 1, ranOut: 1 });
});

test('an edit of the file before the start fails no trial: it goes back to the queue', async () => {
  const edited = () => Promise.reject(new AssayError('source_changed', 'the file is another one here'));
  expect(await attempt(edited)).toMatchObject({ outcome: undefined, released: 1, ranOut: 0 });
});

const report = { kind: 'report', report: { step: 8, value: 1 } } as const;

test('pauses a trial that the pruner pauses and that has saved a checkpoint', async () => {
  const { outcome, paused } = await attempt(async (host) => {
    expect(await host.report(report)).toEqual({ kind: 'continue' });
    await host.checkpoint({ kind: 'checkpoint', checkpoint: { step: 8, hash: 'a', bytes: 1 } });
  });
  expect([outcome, paused]).toEqual([undefined, [{ atStep: 8, reason: 'below the bar' }]]);
});

test('prunes a trial that the pruner pauses and that has no checkpoint', async () => {
  const { outcome, paused } = await attempt((host) => host.report(report));
  expect(paused).toEqual([]);
  expect(outcome).toEqual({ kind: 'pruned', atStep: 8, reason: 'below the bar; it keeps no checkpoint to go on from' });
});
