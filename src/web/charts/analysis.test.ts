import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ContourChart } from '../../api/routes/charts/contour.ts';
import type { EdfChart } from '../../api/routes/charts/edf.ts';
import type { FrontChart } from '../../api/routes/charts/front.ts';
import type { SliceChart } from '../../api/routes/charts/slice.ts';
import { contourCells, contourFinding, contourSeries, contourShades, contourTable, edgesOf } from './contour.ts';
import { edfFinding, edfSeries } from './distribution.ts';
import { frontFinding, frontSeries, frontTable, objectivePairs } from './front.ts';
import { sharesOf } from './shades.ts';
import { sliceAxes, sliceFinding, sliceSeries, sliceTable } from './slice.ts';

const common = {
  revision: 1,
  total: 30,
  used: 30,
  shown: 30,
  reduced: 'none',
  objective: null,
  metric: null,
  direction: 'maximize',
} as const;
const n = Array.from({ length: 30 }, (_, i) => i);
const slices: SliceChart = {
  ...common,
  params: [
    {
      ...{ name: 'lr', kind: 'float', log: true, low: 1e-5, high: 1e-1, used: 30, number: n, state: n.map(() => 'c' as const) },
      ...{ x: n.map((i) => 10 ** (-4 + i / 30)), y: n },
      medianBand: { x: [1e-4], low: [1], mid: [2], high: [3], n: [30] },
    },
    {
      ...{
        name: 'opt',
        kind: 'choice',
        log: false,
        low: 0,
        high: 1,
        labels: ['adam', 'sgd'],
        used: 30,
        number: n,
        state: n.map(() => 'c' as const),
      },
      ...{ x: n.map((i) => (i > 20 ? 1 : 0)), y: n },
      medianBand: { x: [0, 1], low: [1, 2], mid: [2, 3], high: [3, 4], n: [21, 9] },
    },
  ],
};

test('a slice has the axis of its parameter: log where the space says log, categories as bands', () => {
  expect(sliceAxes(slices, 0).x).toMatchObject({ kind: 'log', include: [1e-5, 1e-1] });
  expect(sliceAxes(slices, 1).x).toMatchObject({ kind: 'category', labels: ['adam', 'sgd'] });
  const points = sliceSeries(slices, 1).find((series) => series.kind === 'points');
  const xs = points?.kind === 'points' ? points.x : [];
  // Spread within the band of each label, and never into the next one.
  expect(xs.every((x, i) => Math.round(x) === (i > 20 ? 1 : 0))).toBe(true);
  expect(new Set(xs).size).toBe(30);
});

test('the finding of a slice says where the best tenth lies', () => {
  expect(sliceFinding(slices, 0)).toBe('The best tenth lies between 7.943e−4 and 9.261e−4.');
  expect(sliceFinding({ ...slices, params: [{ ...slices.params[0]!, x: n.map(() => 0.5) }] }, 0)).toBe('All of the best tenth have 0.5.');
  expect(sliceFinding(slices, 1)).toBe('3 of the best 3 have sgd.');
  expect(sliceFinding({ ...slices, direction: 'minimize' }, 1)).toBe('3 of the best 3 have adam.');
  const few = { ...slices.params[1]!, x: [0, 1], y: [1, 2], number: [0, 1], state: ['c', 'c'] as ('c' | 'f')[], used: 2 };
  expect(sliceFinding({ ...slices, params: [few] }, 0)).toBe('The best of 2 trials has sgd.');
  expect(sliceFinding({ ...slices, params: [{ ...few, state: ['f', 'f'] }] }, 0)).toBe('No complete trial has opt.');
  expect(sliceTable(slices, 1).rows[25]).toEqual([25, 'complete', 'sgd', 25]);
});

const contour: ContourChart = {
  ...common,
  axes: [
    { name: 'lr', kind: 'float', log: true, low: 1, high: 100 },
    { name: 'opt', kind: 'choice', log: false, low: 0, high: 1, labels: ['adam', 'sgd'] },
  ],
  x: [Math.sqrt(10), 10 * Math.sqrt(10)],
  y: [0, 1],
  z: [
    [1, null],
    [null, 4],
  ],
  n: [
    [2, 0],
    [1, 3],
  ],
  points: { x: [2, 20], y: [0, 1], value: [1, 4], number: [5, 6] },
  nonFinite: { 'z.1.0': '-Infinity' },
};

test('only cells with trials are drawn, between edges that halve the ratio of a log axis', () => {
  const cells = contourCells(contour);
  expect(cells.map(({ mean, n: held }) => [mean, held])).toEqual([
    [1, 2],
    [Number.NEGATIVE_INFINITY, 1],
    [4, 3],
  ]);
  expect(cells[0]!.x0).toBeCloseTo(1);
  expect(cells[0]!.x1).toBeCloseTo(10);
  expect([cells[0]!.y0, cells[0]!.y1]).toEqual([-0.5, 0.5]);
  expect(contourCells({ ...contour, x: [], y: [], z: [], n: [] })).toEqual([]);
});

test('edges rise and lie around their middles', () => {
  const middles = fc
    .uniqueArray(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 20 })
    .map((xs) => xs.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(middles, fc.boolean(), (xs, log) => {
      const edges = edgesOf(xs, log);
      expect(edges).toHaveLength(xs.length + 1);
      xs.forEach((x, i) => {
        expect(edges[i]!).toBeLessThanOrEqual(x * (1 + 1e-12));
        expect(edges[i + 1]!).toBeGreaterThanOrEqual(x * (1 - 1e-12));
      });
    }),
  );
});

test('the darkest cells are the best in either direction', () => {
  const shadesOf = (direction: 'minimize' | 'maximize') => {
    const [map] = contourSeries({ ...contour, direction }, 'mean');
    return map?.kind === 'cells' ? map.shade : [];
  };
  expect(shadesOf('maximize')[2]).toBe(1);
  expect(shadesOf('minimize')[2]).toBe(0);
  expect(contourShades({ ...contour, direction: 'minimize' })).toEqual({ pale: '4', dark: '1' });
});

test('ranks are drawn as points, the best fifth in the full colour', () => {
  const series = contourSeries(contour, 'rank');
  expect(series.map(({ name }) => name)).toEqual(['worst fifth', 'best fifth']);
  expect(series.at(-1)).toMatchObject({ ids: [6] });
});

test('the finding of two parameters names the best cell and how many trials it holds', () => {
  expect(contourFinding(contour)).toBe('The highest mean of a cell, 4 of 3 trials, lies at lr 31.62 and opt sgd.');
  expect(contourFinding({ ...contour, z: [[]], n: [[]], x: [], y: [] })).toBe('No complete trial has both parameters.');
  expect(contourTable(contour).rows[2]).toEqual([10 * Math.sqrt(10), 'sgd', 4, 3]);
});

test('shades use the bulk of the values: equal values are in the middle, extremes at the ends', () => {
  expect(sharesOf([5, 5, 5]).shares).toEqual([0.5, 0.5, 0.5]);
  const { shares } = sharesOf([...n, 1e9, Number.NaN]);
  expect(shares[15]).toBeGreaterThan(0.4);
  expect(shares[30]).toBe(1);
  expect(shares[31]).toBeNaN();
  expect(sharesOf([]).shares).toEqual([]);
});

const edf: EdfChart = {
  ...common,
  total: 4,
  used: 4,
  items: [{ study: 's', total: 4, used: 4, value: [1, 2, 3, 4], share: [0.25, 0.5, 0.75, 1] }],
};

test('the finding of the distribution is of the better half and tenth', () => {
  expect(edfFinding(edf)).toBe('Half of the 4 trials reach 2 or more, one in ten 4.');
  expect(edfFinding({ ...edf, direction: 'minimize' })).toBe('Half of the 4 trials reach 2 or less, one in ten 1.');
  expect(edfFinding({ ...edf, items: [{ ...edf.items[0]!, used: 1, value: [7], share: [1] }] })).toBe('The one complete trial has 7.');
  expect(edfFinding({ ...edf, items: [{ ...edf.items[0]!, used: 0, value: [], share: [] }] })).toBe('No complete trial has a value yet.');
  expect(edfSeries(edf)).toMatchObject([{ steps: true, name: 's' }]);
});

const front: FrontChart = {
  ...{ revision: 1, total: 5, used: 4, shown: 4, reduced: 'none', size: 2, hypervolume: null },
  objectives: [
    { name: 'return', direction: 'maximize', reference: null },
    { name: 'risk', direction: 'minimize', reference: null },
  ],
  points: {
    values: { return: [1, 3, 2, 9], risk: [1, 2, 3, null] },
    ...{ number: [0, 1, 2, 3], onFront: [true, true, false, false], feasible: [true, true, true, false] },
  },
  nonFinite: { 'points.values.risk.3': 'Infinity' },
};

test('trade-offs, beaten and infeasible trials are told apart, and two objectives have a line of trade-offs', () => {
  expect(objectivePairs(front)).toEqual([['return', 'risk']]);
  expect(frontSeries(front, ['return', 'risk'])).toMatchObject([
    { name: 'infeasible', ids: [3], y: [Number.POSITIVE_INFINITY] },
    { name: 'beaten by another trial', ids: [2] },
    { kind: 'line', x: [1, 3] },
    { name: 'trade-off', ids: [0, 1] },
  ]);
  const three = { ...front, objectives: [...front.objectives!, { name: 'cost', direction: 'minimize' as const, reference: null }] };
  expect(objectivePairs(three)).toHaveLength(3);
  expect(frontSeries(three, ['return', 'risk']).some(({ kind }) => kind === 'line')).toBe(false);
  expect(frontFinding(front)).toBe(
    '2 of 4 trials are trade-offs: no trial beats them in every objective. 1 of those drawn break a constraint.',
  );
  expect(frontFinding({ ...front, size: 0 })).toBe('No trial meets its constraints.');
  expect(frontTable(front).rows[3]).toEqual([3, 9, Number.POSITIVE_INFINITY, false, false]);
});
