import { expect, test } from 'vitest';
import type { DegradationChart } from '../../../api/routes/charts/degradation.ts';
import type { SameDataChart } from '../../../api/routes/charts/same-data.ts';
import { bySearch, degradationFinding, sameDataColumns, sameDataFinding, validatedTrials } from './out-of-sample.ts';

const item = (number: number, change: Partial<DegradationChart['items'][number]> = {}): DegradationChart['items'][number] => ({
  ...{ number, inSample: 1, outOfSample: 0.5, low: 0.1, high: 0.9, without: 0, seeds: 3, folds: 4, complete: true },
  ...change,
});

const chart = (items: DegradationChart['items'], nonFinite?: DegradationChart['nonFinite']): DegradationChart => ({
  ...{ revision: 1, total: 9, used: items.length, shown: items.length, reduced: 'none', metric: 'sharpeDaily', items },
  ...(nonFinite !== undefined && { nonFinite }),
});

test('an infinite figure is a place on the scale and in the order, a missing one is said', () => {
  const given = chart(
    [item(0), item(1, { inSample: null }), item(2, { inSample: null }), item(3, { outOfSample: null, low: null, without: 2 })],
    { 'items.1.inSample': 'Infinity', 'items.3.low': '-Infinity' },
  );
  const items = validatedTrials(given);
  expect(items.map(({ inSample, outOfSample, low }) => [inSample, outOfSample, low])).toEqual([
    [1, 0.5, 0.1],
    [Number.POSITIVE_INFINITY, 0.5, 0.1],
    [Number.NaN, 0.5, 0.1],
    [1, Number.NaN, Number.NEGATIVE_INFINITY],
  ]);
  expect(bySearch(items).map(({ number }) => number)).toEqual([1, 0, 3, 2]);
  expect(degradationFinding(given)).toBe(
    'The best of them in the search, #1, showed a sharpeDaily of ∞ there and 0.5 out of sample. 4 validated trials. 2 of them have no such figure and are not drawn. 2 evaluations of a seed on a fold have none: the ranges are of the others.',
  );
});

test('what the best kept is said where it is a share', () => {
  expect(degradationFinding(chart([item(4)]))).toBe(
    'The best of them in the search, #4, showed a sharpeDaily of 1 there and 0.5 out of sample, which keeps 50 %. 1 validated trial.',
  );
  expect(degradationFinding(chart([item(4, { inSample: null })]))).toBe(
    'No validated trial has the figure in the search and out of sample. 1 of them has no such figure and is not drawn.',
  );
});

test('a chart over several studies keeps its infinities and says what it leaves out', () => {
  const given: SameDataChart = {
    ...{ revision: 1, total: 14, used: 2, shown: 2, reduced: 'none', metric: 'sharpeDaily', studies: ['a', 'b'] },
    axis: { name: 'lr', kind: 'float', log: true, low: 1e-5, high: 1 },
    ...{ asked: 50, onSameData: 60, study: [0, 1], number: [3, 4], x: [0.1, 0.2], outOfSample: [null, 1], low: [null, null], high: [2, 2] },
    ...{ without: [0, 1], unknown: 1, others: 11, nonFinite: { 'outOfSample.0': '-Infinity', 'low.0': '-Infinity' } },
  };
  expect(sameDataColumns(given)).toEqual({
    x: [0.1, 0.2],
    outOfSample: [Number.NEGATIVE_INFINITY, 1],
    low: [Number.NEGATIVE_INFINITY, Number.NaN],
    high: [2, 2],
  });
  expect(sameDataFinding(given)).toBe(
    '2 validated trials of 2 studies on the same data. Only the newest 50 of 60 studies were read. That is few: read no trend into it. 11 others have no such value of it. 1 of them has no such figure and is not drawn. 1 evaluation of a seed on a fold has none: the ranges are of the others.',
  );
});
