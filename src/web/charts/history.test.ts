import { expect, test } from 'vitest';
import type { HistoryChart } from '../../api/routes/charts/history.ts';
import { frameOf } from './frame.ts';
import { historyAxes, historyFinding, historySeries, historyTable } from './history.ts';

const common = { revision: 1, total: 5, used: 4, shown: 4, reduced: 'none', objective: null, metric: null, axis: 'number' } as const;
const chart: HistoryChart = {
  ...common,
  direction: 'maximize',
  x: [0, 1, 2, 4],
  y: [0.5, 1.5, null, 0.2],
  number: [0, 1, 2, 4],
  state: ['c', 'c', 'p', 'r'],
  best: { x: [0, 1], y: [0.5, 1.5], number: [0, 1], of: 2 },
  nonFinite: { 'y.2': '-Infinity' },
};
const nothing: HistoryChart = {
  ...chart,
  total: 0,
  used: 0,
  shown: 0,
  x: [],
  y: [],
  number: [],
  state: [],
  best: { x: [], y: [], number: [], of: 0 },
};

test('states are series of their own and the best so far holds up to the last trial', () => {
  const series = historySeries(chart);
  expect(series.map(({ name }) => name)).toEqual(['pruned', 'complete', 'running', 'best so far']);
  expect(series.at(-1)).toMatchObject({ x: [0, 1, 4], y: [0.5, 1.5, 1.5], ids: [0, 1, 1], steps: true });
  expect(series[0]).toMatchObject({ ids: [2], y: [Number.NEGATIVE_INFINITY] });
});

test('the best value is on the scale, and pruned values do not decide what is far', () => {
  const n = 40;
  const all = Array.from({ length: n }, (_, i) => i);
  const many: HistoryChart = {
    ...chart,
    x: all,
    number: all,
    // Most are pruned near 0; the complete ones lie around 2.
    y: all.map((i) => (i % 4 === 0 ? 2 + i / 1000 : i / 1000)),
    state: all.map((i) => (i % 4 === 0 ? 'c' : 'p')),
    best: { x: [36], y: [2.036], number: [36], of: 1 },
  };
  const { y } = frameOf(historySeries(many), historyAxes(many, false), false);
  expect(y.above).toBe(0);
  expect(y.high).toBeGreaterThan(2.036);
});

test('bins are drawn as quartiles, medians and the best of each, on the side of the direction', () => {
  const binned: HistoryChart = {
    ...common,
    ...{ reduced: 'bins', direction: 'minimize', total: 100, used: 100, shown: 0 },
    bins: {
      x0: [0, 50],
      x1: [50, 100],
      n: [50, 50],
      min: [1, 0],
      q1: [2, 1],
      median: [3, 2],
      q3: [4, 3],
      max: [5, 4],
      numberOfBest: [7, 61],
    },
    best: { x: [7, 61], y: [1, 0], number: [7, 61], of: 2 },
  };
  const series = historySeries(binned);
  expect(series.map(({ kind }) => kind)).toEqual(['band', 'line', 'points', 'line']);
  expect(series[2]).toMatchObject({ x: [25, 75], y: [1, 0], ids: [7, 61] });
  expect(historyFinding(binned)).toBe('The lowest value is 0 (trial 61); the best was improved once, the last time 39 trials ago.');
  expect(historyTable(binned).rows).toEqual([
    [0, 50, 50, 1, 2, 3, 4, 5, 7],
    [50, 100, 50, 0, 1, 2, 3, 4, 61],
  ]);
});

test('the finding says the best, its trial and how long ago it was found', () => {
  expect(historyFinding(chart)).toBe('The highest value is 1.5 (trial 1); the best was improved once, the last time 3 trials ago.');
  expect(historyFinding({ ...chart, best: { x: [0], y: [0.5], number: [0], of: 1 } })).toBe(
    'The highest value is 0.5 (trial 0); no trial after the first was better.',
  );
  expect(historyFinding(nothing)).toBe('No trial has begun yet.');
  expect(historyFinding({ ...nothing, total: 3 })).toBe('No trial is complete yet, so there is no best value.');
  expect(historyFinding({ ...chart, best: { x: [1], y: [null], number: [1], of: 1 }, nonFinite: { 'best.y.0': 'Infinity' } })).toContain(
    'is ∞',
  );
});

test('the table has one row a trial, with its state in words', () => {
  expect(historyTable(chart)).toEqual({
    columns: ['trial', 'state', 'value'],
    rows: [
      [0, 'complete', 0.5],
      [1, 'complete', 1.5],
      [2, 'pruned', Number.NEGATIVE_INFINITY],
      [4, 'running', 0.2],
    ],
  });
  expect(historyTable({ ...chart, axis: 'time', metric: 'drawdown' }).columns).toEqual(['trial', 'time', 'state', 'drawdown']);
});

test('nothing to draw draws nothing', () => {
  expect(historySeries(nothing)).toEqual([]);
});
