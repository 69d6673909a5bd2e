import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../core/json.ts';
import type { Metrics } from '../../search/trial/trial.ts';
import type { AnswerTo, ReportReply, TrialTask } from '../thread/protocol.ts';
import { createPool, type Host, type Pool } from './pool.ts';

const module = new URL('../../../tests/fixtures/studies/behaviours.ts', import.meta.url).href;
const never = new AbortController().signal;

let pool: Pool;
const strays: string[] = [];

const dataDir = mkdtempSync(join(tmpdir(), 'assay-pool-'));

beforeAll(() => {
  pool = createPool({
    threads: 2,
    dataDir,
    threadMemoryMb: 64,
    onStray: (error) => strays.push(error.message),
  });
});

afterAll(async () => {
  await pool.close();
  rmSync(dataDir, { recursive: true, force: true });
});

function trial(behaviour: string): TrialTask {
  return {
    kind: 'trial',
    module,
    address: 'behaviours#7',
    number: 7,
    attempt: 2,
    params: { behaviour },
    seed: 11,
    device: 'cpu',
    mayResume: false,
  };
}

interface Log {
  readonly reports: (readonly [step: number, value: number, metrics: Metrics | undefined])[];
  readonly artifacts: (readonly [role: string, bytes: readonly number[]])[];
}

function hostWith(reply: (step: number) => ReportReply = () => ({ kind: 'continue' })): Host & { readonly log: Log } {
  const log: Log = { reports: [], artifacts: [] };
  return {
    log,
    report: async ({ report }) => {
      log.reports.push([report.step, report.value, report.metrics]);
      return reply(report.step);
    },
    artifact: async ({ role, bytes }) => {
      log.artifacts.push([role, [...bytes]]);
      return sha256(bytes);
    },
    dataset: async ({ name }) => {
      if (name !== 'bars') throw new Error(`no data set ${name}`);
      const close = new Float64Array(new SharedArrayBuffer(24));
      close.set([1, 4, 9]);
      return { name, hash: 'h', rows: 3, columns: { close }, meta: {} };
    },
    searched: async () => null,
    checkpoint: async () => null,
    findCheckpoint: async () => null,
    resume: async () => null,
    warn: async () => null,
  };
}

function run(behaviour: string, host: Host = hostWith()): Promise<AnswerTo<TrialTask>> {
  return pool.run(trial(behaviour), host, { signal: never });
}

describe('an objective that ends by itself', () => {
  it('gives its value', async () => {
    expect(await run('return')).toEqual({
      kind: 'done',
      value: { kind: 'complete', value: 1.5, metrics: {} },
    });
  });

  it('gets its number, attempt, seed, address and device, and keeps metrics that are NaN', async () => {
    expect(await run('metrics')).toEqual({
      kind: 'done',
      value: {
        kind: 'complete',
        value: 2,
        metrics: {
          seed: 11,
          number: 7,
          attempt: 2,
          undefinedFigure: Number.NaN,
          length: 'behaviours#7 cpu'.length,
        },
      },
    });
  });

  it('fails with not_finite when its value is NaN', async () => {
    expect(await run('nan')).toMatchObject({
      kind: 'failed',
      error: { code: 'not_finite', message: expect.stringContaining('NaN') },
    });
  });

  it('is complete with an infinite value: that ranks last or first, as any value does', async () => {
    expect(await run('infinite')).toMatchObject({ kind: 'done', value: { kind: 'complete', value: Number.NEGATIVE_INFINITY } });
  });

  it.each(['text-metric', 'text-report'])('fails with the metric by name when it is no number (%s)', async (behaviour) => {
    expect(await run(behaviour)).toMatchObject({
      kind: 'failed',
      error: { code: 'trial_failed', message: expect.stringContaining('loss') },
    });
  });

  it('fails when it reports a step beyond what can be stored', async () => {
    expect(await run('far-step')).toMatchObject({
      kind: 'failed',
      error: { code: 'trial_failed', message: expect.stringContaining('3000000000') },
    });
  });

  it('fails when it returns nothing', async () => {
    expect(await run('nothing')).toMatchObject({
      kind: 'failed',
      error: {
        code: 'trial_failed',
        message: expect.stringContaining('nothing'),
      },
    });
  });

  it('fails with the message and the place of what it throws', async () => {
    expect(await run('throw')).toMatchObject({
      kind: 'failed',
      error: {
        code: 'trial_failed',
        message: expect.stringMatching(/^boom \(.*behaviours\.ts:\d+:\d+\)$/),
      },
    });
  });

  it('fails with the code of an exception that has one', async () => {
    expect(await run('throw-code')).toMatchObject({
      kind: 'failed',
      error: { code: 'ENOSPC' },
    });
  });

  it('fails with code and hint of an AssayError', async () => {
    expect(await run('throw-assay')).toEqual({
      kind: 'failed',
      error: {
        code: 'data_invalid',
        message: 'the bars end too early',
        hint: 'import more days',
      },
    });
  });
});

describe('calls to the host', () => {
  it('brings reports to the host in order and goes on when told so', async () => {
    const host = hostWith();
    expect(await run('report-three', host)).toMatchObject({
      value: { kind: 'complete', value: 3 },
    });
    expect(host.log.reports).toEqual([
      [1, 0.1, { loss: 1 }],
      [2, 0.2, { loss: 1 / 2 }],
      [3, 0.3, { loss: 1 / 3 }],
    ]);
  });

  it('stops a pruned trial at that very report', async () => {
    const host = hostWith((step) => (step === 2 ? { kind: 'prune', reason: 'below the median' } : { kind: 'continue' }));
    expect(await run('report-three', host)).toEqual({
      kind: 'done',
      value: { kind: 'pruned', atStep: 2, reason: 'below the median' },
    });
    expect(host.log.reports).toHaveLength(2);
  });

  it.each(['swallow-verdict', 'forget-await'])('keeps the verdict of an objective that behaves as %s', async (behaviour) => {
    const host = hostWith(() => ({ kind: 'prune', reason: 'enough' }));
    expect(await run(behaviour, host)).toEqual({
      kind: 'done',
      value: { kind: 'pruned', atStep: 1, reason: 'enough' },
    });
  });

  it('answers cancelled when the host says stop to a report', async () => {
    const host = hostWith(() => ({ kind: 'stop', by: 'alice' }));
    expect(await run('report-three', host)).toEqual({
      kind: 'cancelled',
      by: 'alice',
    });
  });

  it('refuses steps that do not grow', async () => {
    const host = hostWith();
    expect(await run('step-twice', host)).toMatchObject({
      kind: 'failed',
      error: { message: expect.stringContaining('the last one was 1') },
    });
    expect(host.log.reports).toHaveLength(1);
  });

  it('moves artifact bytes to the host and leaves the caller its own', async () => {
    const host = hostWith();
    expect(await run('artifact', host)).toMatchObject({
      value: { value: 3, metrics: { hashLength: 64 } },
    });
    expect(host.log.artifacts).toEqual([['policy', [1, 2, 3]]]);
  });

  it('shares data sets without a copy', async () => {
    expect(await run('dataset')).toMatchObject({
      value: { value: 4, metrics: { shared: 1, rows: 3 } },
    });
  });

  it('fails the trial when the host cannot serve a call', async () => {
    const host: Host = {
      ...hostWith(),
      dataset: () => Promise.reject(new Error('disk gone')),
    };
    expect(await run('dataset', host)).toMatchObject({
      kind: 'failed',
      error: { message: expect.stringContaining('disk gone') },
    });
  });
});

describe('stopping', () => {
  async function stopped(behaviour: string, graceMs: number): Promise<AnswerTo<TrialTask>> {
    const controller = new AbortController();
    const answer = pool.run(trial(behaviour), hostWith(), {
      signal: controller.signal,
      graceMs,
    });
    controller.abort('bob');
    return answer;
  }

  it.each(['heed-signal', 'return-early'])('lets a trial end by itself that behaves as %s, without a result', async (behaviour) => {
    expect(await stopped(behaviour, 60_000)).toEqual({
      kind: 'cancelled',
      by: 'bob',
    });
  });

  it('stops a reporting trial at its next report', async () => {
    expect(await stopped('report-three', 60_000)).toEqual({
      kind: 'cancelled',
      by: 'bob',
    });
  });

  it.each(['ignore-signal', 'spin'])('ends the thread of a trial that behaves as %s after the grace period', async (behaviour) => {
    expect(await stopped(behaviour, 50)).toEqual({
      kind: 'cancelled',
      by: 'bob',
    });
    expect(await run('return')).toMatchObject({ kind: 'done' });
  });

  it('does not start a task whose signal is aborted already', async () => {
    expect(
      await pool.run(trial('exit'), hostWith(), {
        signal: AbortSignal.abort('carol'),
      }),
    ).toEqual({ kind: 'cancelled', by: 'carol' });
  });
});

describe('a thread that dies', () => {
  it.each([
    ['exit', 'thread_died', 'exit code 3'],
    ['stray-throw', 'trial_failed', 'thrown outside'],
    ['out-of-memory', 'out_of_memory', 'heap'],
  ])('fails only its own task when it behaves as %s', async (behaviour, code, text) => {
    const [dead, neighbour] = await Promise.all([run(behaviour), run('report-three')]);
    expect(dead).toMatchObject({
      kind: 'failed',
      error: { code, message: expect.stringContaining(text) },
    });
    expect(neighbour).toMatchObject({
      kind: 'done',
      value: { kind: 'complete' },
    });
    expect(await run('return')).toMatchObject({ kind: 'done' });
  });
});

describe('a study that cannot be loaded', () => {
  it('fails the task and names the file', async () => {
    const task: TrialTask = {
      ...trial('return'),
      module: 'file:///nowhere/study.ts',
    };
    expect(await pool.run(task, hostWith(), { signal: never })).toMatchObject({
      kind: 'failed',
      error: {
        code: 'study_invalid',
        message: expect.stringContaining('/nowhere/study.ts'),
      },
    });
  });
});
