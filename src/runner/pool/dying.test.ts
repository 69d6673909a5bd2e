import { describe, expect, test } from 'vitest';
import { hostWith, trial, usePool } from '../../../tests/fixtures/behaviour-pool.ts';
import type { TrialTask } from '../thread/protocol.ts';

const { pool, run } = usePool();

describe('a thread that dies', () => {
  test.each([
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

describe('a study whose source differs from the task', () => {
  const edited = (source: string): TrialTask => ({ ...trial('return'), source });

  test('is run by no thread', async () => {
    expect(await pool().run(edited('0'.repeat(64)), hostWith(), { signal: new AbortController().signal })).toMatchObject({
      kind: 'failed',
      error: { code: 'source_changed', message: expect.stringContaining('behaviours.ts') },
    });
    expect(await run('return')).toMatchObject({ kind: 'done' });
  });
});

describe('a study that cannot be loaded', () => {
  test('fails the task and names the file', async () => {
    const task: TrialTask = {
      ...trial('return'),
      module: 'file:///nowhere/study.ts',
    };
    expect(await pool().run(task, hostWith(), { signal: new AbortController().signal })).toMatchObject({
      kind: 'failed',
      error: {
        code: 'study_invalid',
        message: expect.stringContaining('/nowhere/study.ts'),
      },
    });
  });
});
