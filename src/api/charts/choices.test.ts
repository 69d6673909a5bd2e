import { expect, test } from 'vitest';
import { columnsOf } from '../../../tests/fixtures/chart-studies.ts';
import { paramKey } from './axis.ts';
import { contour } from './contour.ts';
import { parallel } from './parallel.ts';
import { slice } from './slice.ts';

test('a choice of very many values fits into an answer: the most used are drawn, and the rest counted', () => {
  const labels = Array.from({ length: 500 }, (_, i) => `${'an instrument of a long name '.repeat(i % 3)}${i}`);
  const many = (name: string) => ({ name, kind: 'choice' as const, log: false, low: 0, high: labels.length - 1, labels });
  const n = 6000;
  const trials = Int32Array.from({ length: n }, (_, i) => i);
  // Value 7 of the first is the most used, value 499 of the second.
  const [a, b] = [
    Float64Array.from(trials, (i) => (i % 3 === 0 ? 7 : (i * 17) % 500)),
    Float64Array.from(trials, (i) => (i % 2 === 0 ? 499 : (i * 7) % 500)),
  ];
  const columns = { ...columnsOf([]), n, state: new Uint8Array(n).fill(1), feasible: new Uint8Array(n).fill(1) };
  const further = new Map(Array.from('abcdefghijkl').map((name) => [paramKey(name), name === 'b' ? b : a]));
  const values = Float64Array.from(trials, (i) => Math.sin(i) / 3);
  const asked = { trials, figure: values, seed: 1 };
  const cells = contour({ ...columns, further }, { ...asked, axes: [many('a'), many('b')], cells: 48 });
  expect(JSON.stringify(cells).length).toBeLessThan(60_000);
  const [first, second] = cells.axes;
  expect([first!.labelsTotal, first!.labels!.length, second!.labelsTotal, second!.labels!.length]).toEqual([500, 48, 500, 48]);
  expect([first!.labels, second!.labels]).toEqual([expect.arrayContaining([labels[7]]), expect.arrayContaining([labels[499]])]);
  expect(cells.used).toBe(n);
  expect(cells.inCells).toBe(cells.n.flat().reduce((sum, one) => sum + one, 0));
  const kept = (axis: typeof first, column: Float64Array, i: number) => axis!.labels!.includes(labels[column[i]!]!);
  expect(cells.inCells).toBe(trials.filter((i) => kept(first, a, i) && kept(second, b, i)).length);
  const at = cells.n[second!.labels!.indexOf(labels[499]!)]![first!.labels!.indexOf(labels[7]!)];
  expect(at).toBe(trials.filter((i) => a[i] === 7 && b[i] === 499).length);
  for (const [i, number] of cells.points.number.entries()) {
    expect(first!.labels![cells.points.x[i]!]).toBe(labels[a[number]!]);
    expect(second!.labels![cells.points.y[i]!]).toBe(labels[b[number]!]);
  }
  const sliced = slice({ ...columns, further }, { ...asked, axes: Array.from('abcdefghijkl').map(many), maxPoints: 2000 });
  expect(JSON.stringify(sliced).length).toBeLessThan(60_000);
  expect(sliced.params[1]).toMatchObject({ labelsTotal: 500, used: n, labels: expect.arrayContaining([labels[499]]) });
  const lines = (named: boolean) =>
    parallel(
      { ...columns, further },
      { ...asked, direction: 'minimize', axes: [many('a'), { ...many('b'), labels: ['x'] }], named, maxPoints: 2000 },
    );
  expect(lines(false)).toMatchObject({ varying: 2, axes: [{ name: 'b' }] });
  expect(() => lines(true)).toThrow(expect.objectContaining({ code: 'usage', place: 'params' }));
});
