import { describe, expect, test } from 'vitest';
import { contextOf } from '../../../tests/fixtures/trading-task.ts';
import { trainerOptions } from '../../../tests/fixtures/trainer-study.ts';
import { TrialPruned } from '../../search/study/trial-context.ts';
import { externalTrainer } from './external-trainer.ts';
import type { ExternalTrainerOptions } from './options.ts';

const searched = (options: ExternalTrainerOptions, overrides: Parameters<typeof contextOf>[0] = {}) =>
  externalTrainer(options).objective(contextOf(overrides));

describe('an honest trainer', () => {
  test('is measured in the environment of the platform', async () => {
    const reports: number[] = [];
    const saved: number[] = [];
    const logs: string[] = [];
    const facts: Record<string, string> = {};
    const result = await searched(trainerOptions(), {
      report: async (step, value) => void reports.push(step, value),
      checkpoint: async (step) => void saved.push(step),
      artifact: async (role, bytes) => {
        logs.push(role, Buffer.from(bytes).toString());
        return '';
      },
      runsOn: async (told) => void Object.assign(facts, told),
    });
    expect(result.dailyReturns?.returns).toHaveLength(3);
    expect(result.metrics).toMatchObject({ 'trainer.steps': 2, sessions: 3 });
    expect(result.metrics['costs']).toBeGreaterThan(0);
    expect(reports).toEqual([1, result.value, 2, result.value]);
    expect(saved).toEqual([1, 2]);
    expect(logs).toEqual(['trainer-log', 'training search with lr 0.001\n']);
    expect(facts).toEqual({
      trainer: 'follower',
      trainerVersions: 'follower 1.0',
      trainerProgram: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('in one piece has the very positions that it has bar by bar', async () => {
    const [bars, batch] = [await searched(trainerOptions()), await searched(trainerOptions('none', { mode: 'batch' }))];
    expect(batch.dailyReturns).toEqual(bars.dailyReturns);
  });
});

const lies: [lie: string, code: string, named: RegExp, given?: Partial<ExternalTrainerOptions>][] = [
  ['reads ahead', 'look_ahead', /positions depend on later bars: at row \d+ \(/, { mode: 'batch' }],
  ['own returns', 'trainer_invalid', /told its own returns in a message trained/],
  ['dies', 'trainer_died', /ended with exit code 3 while a report .* was awaited\. It last wrote:\ntraining search with lr/],
  ['hangs', 'trainer_silent', /did not send a report .* within 0\.3 seconds/, { limits: { trainSeconds: 0.3, graceSeconds: 0.2 } }],
  ['noise', 'trainer_invalid', /wrote "Using cpu device" on stdout, which is no JSON/],
  ['long line', 'trainer_invalid', /a line of more than 1048576 bytes/],
  ['answers twice', 'trainer_invalid', /it has answered twice/],
  ['nan weights', 'not_finite', /weight at bar 3 is NaN/],
  ['large weights', 'not_finite', /weight at bar 0 is -?2, not a number in \[-1, 1\]/],
  ['one weight', 'trainer_invalid', /gave 1 weights at bar 0, not 2/],
  ['other protocol', 'trainer_invalid', /protocol/],
  ['other folder', 'trainer_invalid', /named \/etc\/hostname, which is not in its folder/, { mode: 'batch' }],
];

describe('a trainer that', () => {
  test.each(lies)('%s is refused by name', async (...[lie, code, named, given]) => {
    await expect(searched(trainerOptions(lie, given))).rejects.toMatchObject({ code, message: expect.stringMatching(named) });
  });

  test.each(['none', 'hangs'])('is cancelled (lie: %s) ends with its trial', async (lie) => {
    const stop = new AbortController();
    const trial = searched(trainerOptions(lie), {
      signal: stop.signal,
      report: async () => stop.abort('a person'),
      runsOn: async () => void setTimeout(() => lie === 'hangs' && stop.abort('a person'), 100),
    });
    await expect(trial).rejects.toMatchObject({ name: 'TrialCancelled', by: 'a person' });
  });

  test('ignores stop is ended, and the trial is pruned all the same', async () => {
    const logs: string[] = [];
    const pruned = new TrialPruned(1, 'worse than the median');
    const trial = searched(trainerOptions('ignores stop'), {
      report: () => Promise.reject(pruned),
      artifact: async (_, bytes) => {
        logs.push(Buffer.from(bytes).toString());
        return '';
      },
    });
    await expect(trial).rejects.toBe(pruned);
    expect(logs.join('')).toContain('ignored that it was stopped');
  });
});
