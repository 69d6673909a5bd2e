import { expect, test } from 'vitest';
import type { Changes } from '../../data/events.ts';
import type { Trial } from './columns.tsx';
import { merged, unseen } from './merge.ts';

const trial = (number: number, rest: Partial<Trial> = {}): Trial => ({
  address: `s#${number}`,
  number,
  revision: 1,
  state: 'running',
  params: { lr: number },
  value: null,
  metrics: {},
  lastReport: null,
  startedAt: null,
  finishedAt: null,
  durationMs: null,
  attempt: 1,
  worker: null,
  ...rest,
});

const change = (number: number, rest: Partial<Trial> = {}): Changes['trials'][number] => {
  const { params: _, ...now } = trial(number, rest);
  return { ...now, revision: rest.revision ?? 9 };
};

test('a changed row is renewed where it stands and keeps the parameters that an event leaves out', () => {
  const rows = [trial(3), trial(1), trial(2)];
  const after = merged(rows, [change(1, { state: 'complete', value: 0.5 })]);
  expect(after.map(({ number, state, value, params }) => [number, state, value, params['lr']])).toEqual([
    [3, 'running', null, 3],
    [1, 'complete', 0.5, 1],
    [2, 'running', null, 2],
  ]);
  expect(after[0]).toBe(rows[0]);
});

test('of a change that was heard while a row was on its way the newer one stays, by revision', () => {
  const rows = [trial(1, { state: 'complete', revision: 7 }), trial(2, { revision: 4 })];
  const after = merged(rows, [change(1, { revision: 6 }), change(2, { state: 'failed', revision: 5 })], true);
  expect(after.map(({ state, revision }) => [state, revision])).toEqual([
    ['complete', 7],
    ['failed', 5],
  ]);
});

test('changes of rows that are not there leave the list as it is', () => {
  const rows = [trial(0)];
  expect(merged(rows, [change(7)])).toBe(rows);
});

test('new trials are counted once, and old ones that are filtered out are not new', () => {
  const rows = [trial(0), trial(1)];
  expect(unseen(rows, [change(1), change(2), change(3), change(0)], new Set([3]), 2)).toEqual([2]);
});
