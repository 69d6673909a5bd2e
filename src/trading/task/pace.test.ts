import { expect, test } from 'vitest';
import { options, type Params, table } from '../../../tests/fixtures/trading-task.ts';
import type { TradingTaskOptions } from './options.ts';
import { tradingTask } from './task.ts';

async function pace(changes: Partial<TradingTaskOptions<Params>> = {}, signal = new AbortController().signal) {
  return tradingTask<Params>({ ...options, ...changes }).walkForward.pace!({
    dataset: () => Promise.resolve(table),
    params: { lr: 1e-3 },
    seed: 17,
    signal,
  });
}

test('a training is its beginning and its gradient steps; a trial has its seeds and reports', async () => {
  const { secondsPerUpdate, updates, trainingSeconds, trialSeconds } = await pace({ training: { ...options.training, seeds: 2 } });
  expect(updates).toBe(12);
  expect(secondsPerUpdate).toBeGreaterThan(0);
  expect(trainingSeconds).toBeGreaterThan(11 * secondsPerUpdate);
  // Two seeds, each with three tests where a training has one.
  expect(trialSeconds).toBeGreaterThan(2 * trainingSeconds);
});

test('only a few of many gradient steps are made', async () => {
  const { updates, trainingSeconds, secondsPerUpdate } = await pace({ training: { ...options.training, updates: 100_000_000 } });
  expect(updates).toBe(100_000_000);
  expect(trainingSeconds / (secondsPerUpdate * updates)).toBeCloseTo(1, 2);
});

test('a training of one gradient step is known by its beginning', async () => {
  const { secondsPerUpdate, trainingSeconds } = await pace({ training: { ...options.training, updates: 1 } });
  expect(secondsPerUpdate).toBeGreaterThan(0);
  expect(trainingSeconds).toBeGreaterThanOrEqual(secondsPerUpdate);
});

test('phases of a curriculum take time, too', async () => {
  const training = { ...options.training, phases: [{ market: 'trend' as const, steps: 1_000_000_000, sessions: 2 }] };
  const [without, { trainingSeconds }] = [await pace(), await pace({ training })];
  expect(trainingSeconds).toBeGreaterThan(100 * without.trainingSeconds);
});

test('it can be stopped, and wrong settings are refused as in a trial', async () => {
  await expect(pace({}, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
  await expect(pace({ agent: () => ({ hidden: [] }) as never })).rejects.toThrow(
    expect.objectContaining({ code: expect.stringMatching(/_invalid$/) }),
  );
});
