import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { AssayError } from '../../core/errors.ts';
import type { Claimed, Storage, Taken } from '../../search/study/storage.ts';
import { StudyFault } from '../../search/study/study-fault.ts';
import type { Outcome } from '../../search/trial/trial.ts';
import type { Host, Pool, TaskOptions } from '../pool/pool.ts';
import { createStopState } from '../stop/stop-state.ts';
import type { Task } from '../thread/protocol.ts';
import { type ListedStudy, serveExactly } from './served-studies.ts';
import { work } from './work.ts';

const module = { url: 'file:///study.ts', sourceHash: 'a', packagesHash: null, gitCommit: null, gitDirty: false };
const study: ListedStudy = { id: 1, name: 'market', revision: 1, isOver: false, module, needs: null };
const share = { slots: 2, cores: null, memoryMb: 1000 };
const claimed: Claimed = {
  lease: { trial: '1/1', token: 'token', attempt: 1 },
  study: 1,
  address: 'market#0',
  number: 0,
  params: {},
  seed: 1,
  needs: null,
  module,
};

/** Runs a worker of two threads that takes one trial and then gets this answer. Returns what was stored and how the worker ended, in order. */
async function workUntil(next: () => Promise<Taken>): Promise<readonly unknown[]> {
  const happened: unknown[] = [];
  let takes = 0;
  const storage = {
    take: async () => (takes++ === 0 ? { kind: 'taken', claimed } : next()),
    expiries: async () => ({ lapsed: [], nextMs: null }),
    finish: async (_: unknown, outcome: Outcome) => {
      happened.push(outcome.kind);
      return 'alive';
    },
  } as unknown as Storage;
  const run = async (_task: Task, _host: Host, { signal }: TaskOptions) => {
    const stopped = await sleep(50, false, { signal }).catch(() => true);
    if (!stopped) return { kind: 'done', value: { kind: 'complete', value: 1, metrics: {} } } as const;
    happened.push(`stopped by ${signal.reason}`);
    return { kind: 'cancelled', by: String(signal.reason) } as const;
  };
  const end = work({
    name: 'w',
    studies: serveExactly([study], share),
    otherSource: 'end',
    inOrder: false,
    leaseMs: 15_000,
    graceMs: 0,
    device: 'cpu',
    pool: { threads: 2, run, close: async () => undefined } as unknown as Pool,
    stopping: createStopState(),
    onEvent: () => undefined,
    announced: true,
    onChange: () => () => undefined,
    ranOn: {},
    incompatibilityOf: async () => null,
    disk: { hasSpace: async () => true, reportFull: () => undefined },
    artifacts: { put: () => Promise.reject(new Error('keeps nothing')), remove: async () => undefined },
    dataset: () => Promise.reject(new Error('there are no data')),
    storage,
  });
  await end.then(
    (how) => happened.push(how),
    (error: unknown) => happened.push(error),
  );
  return happened;
}

test('a running trial finishes before the worker ends for a failed ask', async () => {
  const error = new StudyFault(study, new Error('the sampler threw'));
  expect(await workUntil(() => Promise.reject(error))).toEqual(['complete', error]);
});

test('a running trial is stopped when the database has failed for good', async () => {
  const error = new AssayError('database_unavailable', 'the database does not answer');
  expect(await workUntil(() => Promise.reject(error))).toEqual(['stopped by a lost lease', error]);
});
