import { expect, test } from 'vitest';
import { type ChangedTrial, createObservations } from './observations.ts';

const trial = (number: number, change: Partial<ChangedTrial>): ChangedTrial => ({
  number,
  state: 'complete',
  revision: number + 1,
  params: { x: number },
  value: number,
  values: null,
  constraints: null,
  noiseVariance: null,
  noiseSeeds: null,
  lastStep: null,
  lastValue: null,
  atStep: null,
  expectedValue: null,
  expectedSd: null,
  ...change,
});
const open = { state: 'running', value: null } as const;
const paused = { state: 'paused', value: null, lastStep: 1, lastValue: 2, atStep: 1 } as const;
const failed = { state: 'failed', value: null } as const;

test('observations are in the order of numbers, whatever the order in which trials ended', () => {
  const { advance } = createObservations();
  const seen = (changed: readonly ChangedTrial[]) => advance(1, changed).map(({ number, state }) => `${number} ${state}`);
  expect(seen([trial(3, {}), trial(0, {}), trial(2, open), trial(5, {})])).toEqual(['0 complete', '2 running', '3 complete', '5 complete']);
  expect(seen([trial(2, {}), trial(1, failed), trial(4, paused)])).toEqual([
    '0 complete',
    '1 failed',
    '2 complete',
    '3 complete',
    '4 pruned',
    '5 complete',
  ]);
  // Resumed, which is no change of what is known for good.
  expect(seen([trial(4, open), trial(6, open)])).toEqual([
    '0 complete',
    '1 failed',
    '2 complete',
    '3 complete',
    '4 running',
    '5 complete',
    '6 running',
  ]);
  expect(seen([])).toEqual(['0 complete', '1 failed', '2 complete', '3 complete', '4 pruned', '5 complete']);
  expect(seen([trial(4, { ...failed, revision: 9 })])).toEqual([
    '0 complete',
    '1 failed',
    '2 complete',
    '3 complete',
    '4 failed',
    '5 complete',
  ]);
  // Cancelled trials teach nothing.
  expect(seen([trial(4, { ...failed, state: 'cancelled', revision: 10 })])).toEqual([
    '0 complete',
    '1 failed',
    '2 complete',
    '3 complete',
    '5 complete',
  ]);
});

test('what was handed out before stays as it was', () => {
  const { advance } = createObservations();
  const before = advance(1, [trial(0, {}), trial(1, open)]);
  advance(1, [trial(1, {}), trial(2, {})]);
  expect(before.map(({ number, state }) => `${number} ${state}`)).toEqual(['0 complete', '1 running']);
});
