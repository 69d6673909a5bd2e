import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ParallelChart } from '../../api/routes/charts/parallel.ts';
import { parseFilter } from '../../search/trial/filter.ts';
import { brushFilter, brushOf, brushTexts } from './brush.ts';
import { axisTicks, crossings, inside, intervalOf, missingLane, nearestLine, parallelAxes, ranks } from './parallel-axes.ts';

const chart: ParallelChart = {
  ...{
    revision: 1,
    total: 4,
    used: 4,
    shown: 4,
    reduced: 'none',
    objective: null,
    metric: null,
    direction: 'maximize',
    params: 3,
    looked: 3,
    varying: 3,
  },
  axes: [
    { name: 'lr', kind: 'float', log: true, low: 1e-4, high: 1e-2 },
    { name: 'layers', kind: 'int', log: false, low: 1, high: 5 },
    { name: 'opt', kind: 'choice', log: false, low: 0, high: 2, labels: ['adam', 'sgd', null] },
  ],
  columns: { lr: [1e-4, 1e-3, 1e-2, 1e-3], layers: [1, 3, 5, null], opt: [0, 1, 2, 0] },
  value: [1, 2, null, 4],
  number: [0, 1, 2, 3],
  weight: [1, 1, 1, 1],
  nonFinite: { 'value.2': '-Infinity' },
};
const height = 200;
const axes = parallelAxes(chart, height);

test('the value is the last axis, and fields are named as filters name them', () => {
  expect(axes.map(({ field }) => field)).toEqual(['param:lr', 'param:layers', 'param:opt', 'value']);
  expect(parallelAxes({ ...chart, metric: 'drawdown' }, height).at(-1)!.field).toBe('metric:drawdown');
  expect(parallelAxes({ ...chart, objective: 'risk' }, height).at(-1)!.field).toBe('objective:risk');
});

test('lines cross a log axis by magnitude, a missing value below the axis, an infinity at its end', () => {
  const [lr, layers, opt, value] = axes.map((axis) => [...crossings(axis, chart.number, height)]);
  expect(lr!.map(Math.round)).toEqual([200, 100, 0, 100]);
  expect(layers![3]).toBe(height + missingLane);
  expect(value![2]).toBe(height);
  // Each label has a third of the axis, and its lines stay in their own third.
  opt!.forEach((y, i) => {
    expect(Math.floor(y / (height / 3))).toBe(2 - chart.columns['opt']![i]!);
  });
});

test('the best value is on the value axis however far it lies from the others', () => {
  const value = [...Array.from({ length: 30 }, (_, i) => i / 30), 1000];
  const many: ParallelChart = { ...chart, axes: [], columns: {}, value, number: value.map((_, i) => i) };
  expect(parallelAxes(many, height)[0]!.scale.domain[1]).toBeGreaterThan(1000);
  expect(parallelAxes({ ...many, direction: 'minimize' }, height)[0]!.scale.domain[1]).toBeLessThan(2);
});

test('a line is inside if it is in every chosen part; without a value on a chosen axis it is not', () => {
  expect(inside(axes, {}, 4)).toEqual([true, true, true, true]);
  expect(inside(axes, { 'param:lr': [5e-4, 2e-3] }, 4)).toEqual([false, true, false, true]);
  expect(inside(axes, { 'param:lr': [5e-4, 2e-3], 'param:layers': [1, 5] }, 4)).toEqual([false, true, false, false]);
  expect(inside(axes, { 'param:elsewhere': [0, 1] }, 4)).toEqual([true, true, true, true]);
});

test('a dragged part lies on the axis, whatever the places, and whole numbers and labels stay whole', () => {
  const place = fc.double({ min: -50, max: height + 50, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3 }), place, place, (i, from, to) => {
      const axis = axes[i]!;
      const [low, high] = intervalOf(axis, from, to);
      expect(low).toBeGreaterThanOrEqual(axis.scale.domain[0] * 0.999 - 1e-4);
      expect(high).toBeLessThanOrEqual(axis.scale.domain[1] * 1.001 + 1e-4);
      if (axis.whole || axis.labels !== undefined) expect(Number.isInteger(low) && Number.isInteger(high)).toBe(true);
      expect(intervalOf(axis, to, from)).toEqual([low, high]);
    }),
  );
  expect(intervalOf(axes[2]!, 0, 65)).toEqual([2, 2]);
});

test('the picked line is the nearest of those inside', () => {
  const crossed = [Float64Array.of(0, 100), Float64Array.of(100, 100)];
  expect(nearestLine(crossed, { at: 0, along: 0.5, y: 52, radius: 8 }, [true, true])).toBe(0);
  expect(nearestLine(crossed, { at: 0, along: 0.5, y: 52, radius: 8 }, [false, true])).toBeNull();
  expect(nearestLine(crossed, { at: 0, along: 1, y: 100, radius: 8 }, [true, true])).toBe(1);
  expect(nearestLine([], { at: 0, along: 0, y: 0, radius: 8 }, [])).toBeNull();
});

test('ranks go from the worst to the best by the direction, and NaN is the worst', () => {
  expect([...ranks([3, 1, Number.NaN, 2], 'maximize')].map((x) => Math.round(x * 3))).toEqual([3, 1, 0, 2]);
  expect([...ranks([3, 1, Number.NaN, 2], 'minimize')].map((x) => Math.round(x * 3))).toEqual([1, 3, 0, 2]);
  expect([...ranks([7], 'maximize')]).toEqual([1]);
});

test('an axis of whole numbers has ticks at whole numbers, a choice at its labels, of many at some', () => {
  expect(axisTicks(axes[1]!).map(({ text }) => text)).toEqual(['1', '2', '3', '4', '5']);
  expect(axisTicks(axes[2]!).map(({ text }) => text)).toEqual(['adam', 'sgd', 'null']);
  const labels = Array.from({ length: 100 }, (_, i) => `l${i}`);
  const wide = { ...chart, axes: [{ ...chart.axes[2]!, labels, high: 99 }] };
  expect(axisTicks(parallelAxes(wide, height)[0]!).length).toBeLessThanOrEqual(16);
});

test('a brush comes back from its texts, whatever the names of the fields', () => {
  const part = fc
    .tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.double({ noNaN: true, noDefaultInfinity: true }))
    .map(([a, b]) => [Math.min(a, b) + 0, Math.max(a, b) + 0] as const);
  const field = fc.string({ minLength: 1 }).map((name) => `param:${name}`);
  fc.assert(
    fc.property(fc.dictionary(field, part, { noNullPrototype: true }), (brush) => {
      expect(brushOf(brushTexts(brush))).toEqual(brush);
    }),
  );
  expect(brushOf(['lr', 'lr:5..1', 'lr:a..b', ':1..2'])).toEqual({});
});

test('the filter of a brush is one that the API reads, and says the same', () => {
  const filter = brushFilter(axes, { 'param:lr': [5e-4, 2e-3], 'param:opt': [0, 1], value: [0, 3] });
  expect(parseFilter(filter).map(({ name, operator, value }) => [name, operator, value])).toEqual([
    ['param:lr', '>=', 5e-4],
    ['param:lr', '<=', 2e-3],
    ['param:opt', '!=', null],
    ['value', '>=', 0],
    ['value', '<=', 3],
  ]);
  expect(brushFilter(axes, { 'param:opt': [1, 1] })).toBe('param:opt="sgd"');
  const odd = [{ field: 'param:a b"c', labels: ['1', 1, true] as const }];
  expect(parseFilter(brushFilter(odd, { 'param:a b"c': [0, 0] }))).toMatchObject([{ name: 'param:a b"c', value: '1', operator: '=' }]);
  expect(brushFilter(axes, {})).toBe('');
});
