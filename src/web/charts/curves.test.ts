import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CurvesChart } from '../../api/routes/charts/curves.ts';
import { curveSeries, curvesFinding, curvesTable, smoothed, toggled, withCurves } from './curves.ts';

const chart: CurvesChart = {
  ...{ revision: 1, total: 4, used: 3, shown: 3, reduced: 'none', metric: null, axis: 'step' },
  curves: [
    { number: 3, state: 'c', attempt: 1, step: [1, 2, 3], value: [1, 2, 3], reports: 3, endedAt: 3 },
    { number: 5, state: 'p', attempt: 2, step: [1, 2], value: [0.5, null], reports: 2, endedAt: 2 },
    { number: 8, state: 'r', attempt: 1, step: [1], value: [0.7], reports: 1 },
  ],
  band: { step: [1, 2], q10: [0.5, 1], q50: [0.7, 2], q90: [1, 3], n: [3, 2], trials: 3, of: 3 },
  nonFinite: { 'curves.1.value.1': 'Infinity' },
};

test('a curve ends as its trial did: a bar where it was stopped, a ring while it runs, nothing where it is complete', () => {
  const lines = curveSeries(chart, { chosen: [], weight: 1 }).filter((series) => series.kind === 'line' && series.id !== undefined);
  expect(lines.map((line) => line.kind === 'line' && [line.id, line.end])).toEqual([
    [3, undefined],
    [5, 'bar'],
    [8, 'open'],
  ]);
  expect(lines[1]).toMatchObject({ y: [0.5, Number.POSITIVE_INFINITY] });
});

test('a marked curve keeps its colour and dash whatever else is marked, and lies on top', () => {
  const look = (chosen: number[]) =>
    curveSeries(chart, { chosen, weight: 1 }).findLast((series) => series.kind === 'line' && series.id === 8);
  const alone = look([8]);
  expect(alone).toMatchObject({ name: '#8', width: 2 });
  expect(look([3, 8])).toEqual(alone);
  expect(curveSeries(chart, { chosen: [3, 99], weight: 1 }).at(-1)).toMatchObject({ id: 3 });
});

test('a chosen trial that is not in the sample is added with its infinities', () => {
  const sample = { ...chart, curves: chart.curves.slice(0, 1), nonFinite: {} };
  const extra = { ...chart, curves: chart.curves.slice(0, 2) };
  const both = withCurves(sample, extra);
  expect(both.curves.map(({ number }) => number)).toEqual([3, 5]);
  expect(both.nonFinite).toEqual({ 'curves.1.value.1': 'Infinity' });
  expect(withCurves(chart, extra)).toBe(chart);
  expect(withCurves(chart, undefined)).toBe(chart);
});

test('a single curve has no deciles', () => {
  const single = { ...chart, band: { ...chart.band, trials: 1 } };
  expect(curveSeries(single, { chosen: [], weight: 1 }).some(({ kind }) => kind === 'band')).toBe(false);
});

test('the smoothed value is the weighted mean of what came before, and equal values stay equal', () => {
  const weights = fc.double({ min: 0.01, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 }), weights, (values, weight) => {
      const plain = values.map((_, i) => {
        const shares = values.slice(0, i + 1).map((_value, k) => weight * (1 - weight) ** (i - k));
        return shares.reduce((sum, share, k) => sum + share * values[k]!, 0) / shares.reduce((sum, share) => sum + share, 0);
      });
      smoothed(values, weight).forEach((x, i) => {
        expect(x).toBeCloseTo(plain[i]!, 4);
      });
    }),
  );
  expect(smoothed([2, 2, Number.POSITIVE_INFINITY, 2], 0.1).map((x) => Math.round(x * 1e9) / 1e9)).toEqual([
    2,
    2,
    Number.POSITIVE_INFINITY,
    2,
  ]);
});

test('the finding counts what ended early and what runs, and names the ends of the range', () => {
  expect(curvesFinding(chart)).toBe('3 curves: 1 ended early, 1 still runs. The last values go from 0.7 (trial 8) to ∞ (trial 5).');
  expect(curvesFinding({ ...chart, curves: [] })).toBe('No trial has reported a value yet.');
  expect(curvesFinding({ ...chart, curves: [], total: 0 })).toBe('No trial has begun yet.');
  expect(curvesFinding({ ...chart, curves: chart.curves.slice(0, 1) })).toBe('One curve. The last value is 3 (trial 3).');
});

test('the table has one row a report', () => {
  expect(curvesTable(chart).rows).toHaveLength(6);
  expect(curvesTable(chart).rows[4]).toEqual([5, 2, 'pruned', 2, Number.POSITIVE_INFINITY]);
});

test('a click adds a trial to the choice, a second one takes it out', () => {
  expect(toggled([1, 2], 3)).toEqual([1, 2, 3]);
  expect(toggled([1, 2], 1)).toEqual([2]);
  expect(
    toggled(
      Array.from({ length: 20 }, (_, i) => i),
      20,
    ),
  ).toHaveLength(20);
});
