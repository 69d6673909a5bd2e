import { describe, expect, test } from 'vitest';
import { findLookAhead, type RowsFromBars, randomRows, withNoiseAfter } from '../../tests/fixtures/causality.ts';
import { columnsOf } from '../../tests/fixtures/feature-columns.ts';
import { createRng } from '../core/rng.ts';
import { type AlignedBars, type BarColumns, barFields } from '../market/bars.ts';
import { generateMarket } from '../market/synthetic/generate.ts';
import { marketPresets } from '../market/synthetic/presets.ts';
import { featureSetOf } from './choice.ts';
import { featureMatrix } from './index.ts';
import { applyNormaliser, fitNormaliser } from './normalise.ts';

const bars = generateMarket(marketPresets.planted, 11, 4);
const matrix = featureMatrix(bars);

describe('the feature matrix', () => {
  test('holds twelve columns for each of two symbols, symbol by symbol', () => {
    expect(matrix).toMatchObject({ set: 'dual-ticker@2', rows: 4 * 390, width: 24, warmUpBars: 59 });
    expect(matrix.names.slice(0, 13)).toEqual([
      'NVDA.spread',
      'NVDA.bookImbalance',
      'NVDA.vwapDeviation',
      'NVDA.tradeIntensity',
      'NVDA.momentum',
      'NVDA.realisedVolatility',
      'NVDA.volatilityOfVolatility',
      'NVDA.skewness',
      'NVDA.kurtosis',
      'NVDA.returnCorrelation',
      'NVDA.spreadRatio',
      'NVDA.momentumDivergence',
      'MSFT.spread',
    ]);
    const columns = columnsOf(featureSetOf('dual-ticker@2'), bars);
    expect(matrix.values[100 * 24 + 17]).toBe(Math.fround(columns[17]![100]!));
  });

  test('is 0 in the warm-up and not after it', () => {
    expect(matrix.values.subarray(0, 59 * 24).every((value) => value === 0)).toBe(true);
    expect(matrix.values.subarray(59 * 24, 60 * 24).some((value) => value !== 0)).toBe(true);
  });

  test('is finite for bars that do not move, do not trade, or jump wildly', () => {
    const still = withColumns(bars, (columns) => ({ ...columns, open: flat(50), high: flat(50), low: flat(50), close: flat(50) }));
    const dead = withColumns(still, (columns) => ({ ...columns, volume: flat(0) }));
    const wild = withNoiseAfter(bars, -1, createRng('wild'));
    for (const some of [still, dead, wild]) expect(featureMatrix(some).values.every(Number.isFinite)).toBe(true);
    expect(featureMatrix(dead).values.every((value) => value === 0)).toBe(true);
  });

  test('refuses bars that would lead to NaN or infinity, naming the feature and the bar', () => {
    const withClose = (price: number) => withColumns(bars, (columns) => ({ ...columns, close: columns.close.with(200, price) }));
    expect(() => featureMatrix(withClose(0))).toThrow(
      expect.objectContaining({ code: 'not_finite', message: expect.stringMatching(/^the feature NVDA\.\w+ is .* in row 200/) }),
    );
  });

  test('refuses bars with NaN or infinity, naming the column and the bar, also where no feature would show it', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
      for (const field of barFields) {
        const broken = withColumns(bars, (columns) => ({ ...columns, [field]: columns[field].with(200, value) }));
        expect(() => featureMatrix(broken, { set: 'bar-flow@1' })).toThrow(
          expect.objectContaining({
            code: 'not_finite',
            message: `NVDA.${field} is ${value} in row 200`,
            place: expect.stringContaining('2024-01-02T17:50'),
          }),
        );
      }
  });

  test('knows its feature sets by id, and how many symbols each takes', () => {
    expect(() => featureSetOf('dual-ticker@1')).toThrow(
      expect.objectContaining({ code: 'config_invalid', hint: expect.stringContaining('dual-ticker@2') }),
    );
    const one = { ...bars, symbols: ['NVDA'], bars: bars.bars.slice(0, 1), columns: [{}], instruments: [null], contracts: [null] };
    expect(() => featureMatrix(one)).toThrow(/needs bars of 2 symbols, not of 1/);
  });
});

describe('no feature looks ahead', () => {
  test('in the matrix, normalised by a fit on the rows before', () => {
    const rng = createRng('causality/matrix');
    const normalised = (some: AlignedBars): RowsFromBars => {
      const features = featureMatrix(some);
      return applyNormaliser(fitNormaliser(features, { from: 0, to: 500 }), features);
    };
    expect(findLookAhead(normalised, bars, randomRows(499, bars.time.length - 1, 4, rng), rng)).toBeNull();
  });

  test('and one that did would be found', () => {
    const rng = createRng('causality/peek');
    const { close } = bars.bars[0]!;
    const peek = (some: AlignedBars): RowsFromBars => ({
      width: 1,
      values: some.bars[0]!.close.map((_, row, prices) => prices[row + 1] ?? 0),
    });
    expect(findLookAhead(peek, bars, [300], rng)).toEqual({
      test: 'bars cut off',
      afterRow: 300,
      row: 300,
      column: 0,
      was: close[301],
      became: 0,
    });
    const wholeSeries = (some: AlignedBars): RowsFromBars => {
      const prices = some.bars[0]!.close;
      const mean = prices.reduce((sum, price) => sum + price, 0) / prices.length;
      return { width: 1, values: prices.map((price) => price / mean) };
    };
    expect(findLookAhead(wholeSeries, bars, [300], rng)).not.toBeNull();
    // The same length, so that only the noise can tell.
    const lastBar = (some: AlignedBars): RowsFromBars => ({
      width: 1,
      values: some.time.map((_, row) => (row < 5 ? (some.bars[0]!.close[1559] ?? close[1559]!) : 0)),
    });
    expect(findLookAhead(lastBar, bars, [300], rng)).toMatchObject({ test: 'noise instead of bars', row: 0 });
  });
});

function flat(value: number): Float64Array {
  return new Float64Array(bars.time.length).fill(value);
}

function withColumns(some: AlignedBars, change: (columns: BarColumns) => BarColumns): AlignedBars {
  return { ...some, bars: some.bars.map(change) };
}
