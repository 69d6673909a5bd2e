import { expect, test } from 'vitest';
import { budgetParts, goalName, limitsText, progressText } from './budget.ts';
import { importanceFinding } from './importance.ts';
import { ordersFor } from './study-orders.ts';
import { varyingNames } from './top.ts';

const counts = { queued: 1, running: 2, paused: 0, complete: 20, pruned: 5, failed: 3, cancelled: 4 };
const none = { queued: 0, running: 0, paused: 0, complete: 0, pruned: 0, failed: 0, cancelled: 0 };

test('the budget counts what takes a place in it: no cancelled trials, failed ones only if they count', () => {
  const { parts, whole } = budgetParts({ counts, budget: { trials: 40 } });
  expect(parts.reduce((sum, { n }) => sum + n, 0)).toBe(31);
  expect(whole).toBe(40);
  expect(budgetParts({ counts, budget: { trials: 40, countFailed: false } }).parts.some(({ state }) => state === 'failed')).toBe(false);
  expect(budgetParts({ counts, budget: { trials: 2 ** 31 - 1 } }).whole).toBe(31);
  expect(budgetParts({ counts: none, budget: { trials: 5 } })).toEqual({ parts: [], whole: 5 });
});

test('progress is said in trials, with a rate only while something is open', () => {
  expect(progressText({ counts, budget: { trials: 40 }, trialsPerHour: 30, etaMs: 1_080_000 })).toBe(
    '31 of 40 trials, 2 running; at 30 an hour the rest takes about 18 min 00 s.',
  );
  expect(progressText({ counts: { ...none, complete: 40 }, budget: { trials: 40 }, trialsPerHour: 30, etaMs: null })).toBe(
    '40 of 40 trials.',
  );
  expect(progressText({ counts: none, budget: { trials: 2 ** 31 - 1 }, trialsPerHour: null, etaMs: null })).toBe(
    '0 trials, without a limit of their number.',
  );
});

test('the other limits are said in words', () => {
  expect(limitsText({ trials: 10 })).toBe('');
  expect(limitsText({ trials: 10, timeMs: 7_200_000, steps: 1_000_000, stopWhen: { noImprovement: 30 } })).toBe(
    '2 h 00 min of work, or 1,000,000 steps, or 30 trials without an improvement',
  );
});

test('only orders that change something are offered', () => {
  expect(ordersFor({ state: 'running', desiredState: 'open', counts })).toEqual(['pause', 'stop', 'cancel']);
  expect(ordersFor({ state: 'paused', desiredState: 'paused', counts })).toEqual(['resume', 'stop', 'cancel']);
  expect(ordersFor({ state: 'stopped', desiredState: 'stopped', counts: { ...none, complete: 3 } })).toEqual(['resume']);
  expect(ordersFor({ state: 'complete', desiredState: 'open', counts: { ...none, complete: 40 } })).toEqual([]);
});

test('of the parameters only those that vary are shown, one that some trials lack among them', () => {
  expect(
    varyingNames([
      { a: 1, b: 2 },
      { a: 1, b: 3 },
    ]),
  ).toEqual({ shown: ['b'], varying: 1 });
  expect(varyingNames([{ a: 1 }, { a: 1, 'opt.beta': null }])).toEqual({ shown: ['opt.beta'], varying: 1 });
  expect(varyingNames([])).toEqual({ shown: [], varying: 0 });
  const many = (x: number) => Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`p${i}`, x]));
  expect(varyingNames([many(0), many(1)])).toMatchObject({ varying: 200 });
  expect(varyingNames([many(0), many(1)]).shown).toHaveLength(8);
});

test('an order of importance that the intervals do not show is said to be uncertain', () => {
  const items = [
    { name: 'lr', value: 0.6, low: 0.5, high: 0.7 },
    { name: 'layers', value: 0.4, low: 0.3, high: 0.45 },
  ];
  expect(importanceFinding({ items })).toBe('lr decides most: 60.00 %.');
  expect(importanceFinding({ items: [items[0]!, { ...items[1]!, high: 0.55 }] })).toContain('their order is not certain');
  expect(importanceFinding({ items: [] })).toBe('It is not known yet what decides.');
});

test('the best of a study that tries configurations again is said to be that of means', () => {
  const objectives = [{ name: 'sharpe', direction: 'maximize', reference: null }] as const;
  expect(goalName({ objectives: null })).toBe('value');
  expect(goalName({ objectives })).toBe('sharpe');
  expect(goalName({ objectives, replicates: 3 })).toBe('mean sharpe');
});
