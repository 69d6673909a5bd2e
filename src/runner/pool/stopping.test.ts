import { describe, expect, test } from 'vitest';
import { hostWith, trial, usePool } from '../../../tests/fixtures/behaviour-pool.ts';
import type { AnswerTo, TrialTask } from '../thread/protocol.ts';

const { pool, run } = usePool();

describe('stopping', () => {
  async function stopped(behaviour: string, graceMs: number): Promise<AnswerTo<TrialTask>> {
    const controller = new AbortController();
    const answer = pool().run(trial(behaviour), hostWith(), {
      signal: controller.signal,
      graceMs,
    });
    controller.abort('bob');
    return answer;
  }

  test.each(['heed-signal', 'return-early'])('a trial that behaves as %s ends by itself, without a result', async (behaviour) => {
    expect(await stopped(behaviour, 60_000)).toEqual({
      kind: 'cancelled',
      by: 'bob',
    });
  });

  test('stops a reporting trial at its next report', async () => {
    expect(await stopped('report-three', 60_000)).toEqual({
      kind: 'cancelled',
      by: 'bob',
    });
  });

  test.each(['ignore-signal', 'spin'])('ends the thread of a trial that behaves as %s after the grace period', async (behaviour) => {
    expect(await stopped(behaviour, 50)).toEqual({
      kind: 'cancelled',
      by: 'bob',
    });
    expect(await run('return')).toMatchObject({ kind: 'done' });
  });

  test('does not start a task whose signal is aborted already', async () => {
    expect(
      await pool().run(trial('exit'), hostWith(), {
        signal: AbortSignal.abort('carol'),
      }),
    ).toEqual({ kind: 'cancelled', by: 'carol' });
  });
});
