import { describe, expect, test } from 'vitest';
import type { FeatureMatrix } from './feature-set.ts';
import { applyNormaliser, fitNormaliser } from './normalise.ts';

/** Rows of columns a and b; the first row is warm-up. */
function matrixOf(rows: readonly (readonly [number, number])[]): FeatureMatrix {
  return {
    set: 'test@1',
    rows: rows.length,
    width: 2,
    names: ['a', 'b'],
    values: Float32Array.from(rows.flat()),
    warmUpBars: 1,
    fitted: null,
  };
}

const matrix = matrixOf([
  [0, 0],
  [1, 7],
  [2, 7],
  [3, 7],
  [10, 9],
]);

describe('normalisation', () => {
  test('learns mean and population deviation of the training rows after the warm-up', () => {
    expect(fitNormaliser(matrix, { from: 0, to: 4 })).toEqual({
      set: 'test@1',
      names: ['a', 'b'],
      mean: [2, 7],
      sd: [Math.sqrt(2 / 3), 0],
      clip: 5,
      fittedOn: { from: 1, to: 4 },
    });
  });

  test('is applied as it was learnt, limited, with constant columns and the warm-up at 0', () => {
    const { values } = applyNormaliser(fitNormaliser(matrix, { from: 0, to: 4 }), matrix);
    const unit = Math.sqrt(1.5);
    expect([...values]).toEqual([0, 0, -unit, 0, 0, 0, unit, 0, 5, 0].map((value) => expect.closeTo(value, 6)));
  });

  test('does not depend on any row outside the training range', () => {
    const other = matrixOf([
      [99, -99],
      [1, 7],
      [2, 7],
      [3, 7],
      [-500, 4],
    ]);
    expect(fitNormaliser(other, { from: 0, to: 4 })).toEqual(fitNormaliser(matrix, { from: 0, to: 4 }));
  });

  test('takes rounding for constancy: neither a large constant nor noise around 0 is blown up', () => {
    const steady = matrixOf([
      [0, 0],
      [1e6, 1e-17],
      [1e6, -1e-17],
      [1e6 + 0.0625, 1e-17],
    ]);
    expect(fitNormaliser(steady, { from: 0, to: 4 }).sd).toEqual([0, 0]);
  });

  test('survives being stored as JSON', () => {
    const normaliser = fitNormaliser(matrix, { from: 0, to: 4 });
    expect(applyNormaliser(JSON.parse(JSON.stringify(normaliser)), matrix)).toEqual(applyNormaliser(normaliser, matrix));
  });

  test('refuses ranges without usable rows, and matrices of other columns', () => {
    for (const range of [
      { from: 0, to: 1 },
      { from: 3, to: 3 },
      { from: -1, to: 3 },
      { from: 0, to: 6 },
    ])
      expect(() => fitNormaliser(matrix, range)).toThrow(expect.objectContaining({ code: 'usage' }));
    const normaliser = fitNormaliser(matrix, { from: 0, to: 4 });
    expect(() => applyNormaliser(normaliser, { ...matrix, names: ['b', 'a'] })).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => applyNormaliser(normaliser, { ...matrix, set: 'test@2' })).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  test('lets no NaN through, neither in the fit nor after it; infinity is limited', () => {
    const rows = [
      [0, 0],
      [1, 1],
      [2, 3],
      [Number.NaN, 2],
      [Number.POSITIVE_INFINITY, 2],
    ] as const;
    const odd = matrixOf(rows);
    const normaliser = fitNormaliser(odd, { from: 0, to: 3 });
    expect(() => applyNormaliser(normaliser, odd)).toThrow(
      expect.objectContaining({ code: 'not_finite', message: 'the feature a is NaN in row 3' }),
    );
    expect(() => fitNormaliser(odd, { from: 0, to: 4 })).toThrow(expect.objectContaining({ code: 'not_finite' }));
    const infinite = matrixOf([rows[0], rows[1], rows[2], rows[4]]);
    expect(applyNormaliser(normaliser, infinite).values[6]).toBe(5);
  });
});
