import { describe, expect, test } from 'vitest';
import { hostWith, usePool } from '../../../tests/fixtures/behaviour-pool.ts';

const { run } = usePool();

describe('an objective that ends by itself', () => {
  test('gives its value', async () => {
    expect(await run('return')).toEqual({
      kind: 'done',
      value: { kind: 'complete', value: 1.5, metrics: {} },
    });
  });

  test('gets its number, attempt, seed, address and device, and keeps metrics that are NaN', async () => {
    expect(await run('metrics')).toEqual({
      kind: 'done',
      value: {
        kind: 'complete',
        value: 2,
        metrics: {
          seed: 11,
          number: 7,
          attempt: 2,
          undefinedMetric: Number.NaN,
          length: 'behaviours#7 cpu'.length,
        },
      },
    });
  });

  test('fails with not_finite when its value is NaN', async () => {
    expect(await run('nan')).toMatchObject({
      kind: 'failed',
      error: { code: 'not_finite', message: expect.stringContaining('NaN') },
    });
  });

  test('is complete with an infinite value, which ranks first or last', async () => {
    expect(await run('infinite')).toMatchObject({ kind: 'done', value: { kind: 'complete', value: Number.NEGATIVE_INFINITY } });
  });

  test.each(['text-metric', 'text-report'])('fails, naming the metric that is not a number (%s)', async (behaviour) => {
    expect(await run(behaviour)).toMatchObject({
      kind: 'failed',
      error: { code: 'trial_failed', message: expect.stringContaining('loss') },
    });
  });

  test('fails when it reports a step beyond what can be stored', async () => {
    expect(await run('far-step')).toMatchObject({
      kind: 'failed',
      error: { code: 'trial_failed', message: expect.stringContaining('3000000000') },
    });
  });

  test('fails when it returns nothing', async () => {
    expect(await run('nothing')).toMatchObject({
      kind: 'failed',
      error: {
        code: 'trial_failed',
        message: expect.stringContaining('nothing'),
      },
    });
  });

  test('fails with the message and the place of what it throws', async () => {
    expect(await run('throw')).toMatchObject({
      kind: 'failed',
      error: {
        code: 'trial_failed',
        message: expect.stringMatching(/^boom \(.*behaviours\.ts:\d+:\d+\)$/),
      },
    });
  });

  test('fails with the code of an exception that has one', async () => {
    expect(await run('throw-code')).toMatchObject({
      kind: 'failed',
      error: { code: 'ENOSPC' },
    });
  });

  test('fails with code and hint of an AssayError', async () => {
    expect(await run('throw-assay')).toEqual({
      kind: 'failed',
      error: {
        code: 'data_invalid',
        message: 'the bars end too early',
        hint: 'import more days',
      },
    });
  });

  test.each([
    ['text-number', 'returned a string ("1.5") instead of a number', /Number\(/],
    ['other-object', 'returned an object ({ loss: 1 }), which has no value', /\{ value, metrics/],
  ])('fails, naming the returned and the expected value (%s)', async (behaviour, message, hint) => {
    expect(await run(behaviour)).toMatchObject({
      error: { code: 'trial_failed', message: expect.stringContaining(message), hint: expect.stringMatching(hint) },
    });
  });

  test('fails with the thrown value, also if it is not an Error', async () => {
    expect(await run('throw-object')).toMatchObject({ error: { message: "{ reason: 'odd', at: [ 1, 2 ] }" } });
    expect(await run('throw-half')).toMatchObject({ error: { message: expect.stringMatching(/^a\ufffdb\ufffdc/) } });
  });

  test('an error message is cut to 16 kB with its place; the artifact log holds the whole', async () => {
    const host = hostWith();
    const answer = await run('throw-long', host);
    expect(answer).toMatchObject({ error: { message: expect.stringMatching(/^x+… \d+ more characters \(.*behaviours\.ts:\d+:\d+\)$/) } });
    expect(answer.kind === 'failed' && answer.error.message.length).toBeLessThanOrEqual(16_384);
    expect(host.log.artifacts.map(([role, bytes]) => [role, bytes.length])).toEqual([['log', 10_000_000]]);
  });
});
