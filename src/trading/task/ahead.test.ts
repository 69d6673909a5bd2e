import { expect, test } from 'vitest';
import { bars, options, table, task } from '../../../tests/fixtures/trading-task.ts';
import { tradingDateOf } from '../../market/sessions.ts';
import { tradingTask } from './task.ts';

const context = { dataset: async () => table };
const dates = [...new Set(Array.from(bars.time, (ms) => tradingDateOf(bars.calendar, ms)))];

test('the windows of search and folds, by their trading dates', async () => {
  const folds = await task.walkForward.plan(context);
  const { windows, sessionsPerYear, seedsPerTrial } = await task.walkForward.ahead!(context, folds);
  expect([sessionsPerYear, seedsPerTrial]).toEqual([252, 1]);
  expect(dates).toHaveLength(12);
  const of = (from: number, to: number) => ({ firstDay: dates[from], lastDay: dates[to - 1], sessions: to - from });
  expect(windows).toEqual([
    { use: 'search training', fold: null, ...of(0, 4), purged: 1 },
    { use: 'inner validation', fold: null, ...of(5, 8), purged: 0 },
    { use: 'fold training', fold: 0, ...of(0, 7), purged: 1 },
    { use: 'fold test', fold: 0, ...of(8, 10), purged: 0 },
    { use: 'fold training', fold: 1, ...of(0, 9), purged: 1 },
    { use: 'fold test', fold: 1, ...of(10, 12), purged: 0 },
  ]);
});

test('sessions behind the last test are left over', async () => {
  const short = tradingTask({ ...options, training: { ...options.training, seeds: 2 }, sessions: { ...options.sessions, folds: 1 } });
  const { windows, seedsPerTrial } = await short.walkForward.ahead!(context, await short.walkForward.plan(context));
  expect(seedsPerTrial).toBe(2);
  expect(windows.at(-1)).toEqual({ use: 'left over', fold: null, firstDay: dates[10], lastDay: dates[11], sessions: 2, purged: 0 });
});
