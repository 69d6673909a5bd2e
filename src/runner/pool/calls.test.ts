import { describe, expect, test } from 'vitest';
import { hostWith, usePool } from '../../../tests/fixtures/behaviour-pool.ts';
import type { Report } from '../../search/study/storage.ts';
import type { Host } from './pool.ts';

const { run } = usePool();

describe('calls to the host', () => {
  test('sends reports to the host in order and continues at its reply', async () => {
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

  test('says which report is the last, and sends none after it', async () => {
    const reports: Report[] = [];
    const host: Host = {
      ...hostWith(),
      report: async ({ report }) => {
        reports.push(report);
        return { kind: 'continue' };
      },
    };
    expect(await run('report-last', host)).toMatchObject({
      kind: 'failed',
      error: { message: expect.stringContaining('report(3, ...) came after the last one, at step 2') },
    });
    expect(reports).toEqual([
      { step: 1, value: 0.1 },
      { step: 2, value: 0.2, metrics: {}, last: true },
    ]);
  });

  test('stops a pruned trial at the same report', async () => {
    const host = hostWith((step) => (step === 2 ? { kind: 'prune', reason: 'below the median' } : { kind: 'continue' }));
    expect(await run('report-three', host)).toEqual({
      kind: 'done',
      value: { kind: 'pruned', atStep: 2, reason: 'below the median' },
    });
    expect(host.log.reports).toHaveLength(2);
  });

  test.each(['swallow-decision', 'forget-await'])('keeps the prune decision for an objective that behaves as %s', async (behaviour) => {
    const host = hostWith(() => ({ kind: 'prune', reason: 'enough' }));
    expect(await run(behaviour, host)).toEqual({
      kind: 'done',
      value: { kind: 'pruned', atStep: 1, reason: 'enough' },
    });
  });

  test('every report arrives, in order, whether or not the objective awaits it', async () => {
    const slow = hostWith(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { kind: 'continue' };
    });
    expect(await run('forget-five', slow)).toMatchObject({ kind: 'done', value: { value: 5 } });
    expect(slow.log.reports.map(([step]) => step)).toEqual([1, 2, 3, 4, 5]);
  });

  test('unawaited reports after the pruned one are not sent', async () => {
    const host = hostWith((step) => (step === 2 ? { kind: 'prune', reason: 'enough' } : { kind: 'continue' }));
    expect(await run('forget-five', host)).toMatchObject({ kind: 'done', value: { kind: 'pruned', atStep: 2 } });
    expect(host.log.reports).toHaveLength(2);
  });

  test.each([
    ['forget-wrong-step', 'the last one was 2'],
    ['forget-artifact', 'is not a valid role'],
  ])('an error that the objective ignored fails the trial (%s)', async (behaviour, message) => {
    expect(await run(behaviour)).toMatchObject({ kind: 'failed', error: { message: expect.stringContaining(message) } });
  });

  test('an error that the objective caught does not fail the trial', async () => {
    expect(await run('forgive-artifact')).toMatchObject({ kind: 'done', value: { value: 5 } });
  });

  test('a pending report arrives before the trial fails', async () => {
    const host = hostWith();
    expect(await run('throw-after-report', host)).toMatchObject({ kind: 'failed', error: { message: expect.stringContaining('boom') } });
    expect(host.log.reports).toHaveLength(1);
  });

  test('metrics are copied at the report, and -0 becomes 0', async () => {
    const host = hostWith();
    const answer = await run('reuse-metrics', host);
    expect(answer).toMatchObject({ value: { value: 0 } });
    expect(host.log.reports).toEqual([
      [1, 0, { loss: 1 }],
      [2, 0.2, { loss: 2 }],
    ]);
  });

  test('is cancelled when the host replies stop to a report', async () => {
    const host = hostWith(() => ({ kind: 'stop', by: 'alice' }));
    expect(await run('report-three', host)).toEqual({
      kind: 'cancelled',
      by: 'alice',
    });
  });

  test('refuses steps that do not grow', async () => {
    const host = hostWith();
    expect(await run('step-twice', host)).toMatchObject({
      kind: 'failed',
      error: { message: expect.stringContaining('the last one was 1') },
    });
    expect(host.log.reports).toHaveLength(1);
  });

  test('sends artifact bytes to the host and leaves those of the caller usable', async () => {
    const host = hostWith();
    expect(await run('artifact', host)).toMatchObject({
      value: { value: 3, metrics: { hashLength: 64 } },
    });
    expect(host.log.artifacts).toEqual([['policy', [1, 2, 3]]]);
  });

  test('shares data sets without a copy', async () => {
    expect(await run('dataset')).toMatchObject({
      value: { value: 4, metrics: { shared: 1, rows: 3 } },
    });
  });

  test('fails the trial when the host cannot serve a call', async () => {
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
