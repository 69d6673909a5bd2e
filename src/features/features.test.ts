import { describe, expect, test } from 'vitest';
import { findLookAhead, type RowsFromBars, randomRows, withNoiseAfter } from '../../tests/fixtures/causality.ts';
import { createRng } from '../core/rng.ts';
import type { AlignedBars, BarColumns } from '../market/bars.ts';
import { generateMarket } from '../market/synthetic/generate.ts';
import { marketPresets } from '../market/synthetic/presets.ts';
import { featureMatrix, featureSetOf } from './index.ts';
import { applyNormaliser, fitNormaliser } from './normalise.ts';

const bars = generateMarket(marketPresets.planted, 11, 4);
const matrix = featureMatrix(bars);

/** One column of the matrix as its own computation. */
function columnFromBars(column: number): (bars: AlignedBars) => RowsFromBars {
  return (some) => ({ width: 1, values: featureSetOf('dual-ticker@2').columns(some)[column]! });
}

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
    const columns = featureSetOf('dual-ticker@2').columns(bars);
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
    for (const price of [0, Number.NaN, Number.POSITIVE_INFINITY]) {
      const broken = withColumns(bars, (columns) => ({ ...columns, close: columns.close.with(200, price) }));
      expect(() => featureMatrix(broken)).toThrow(
        expect.objectContaining({ code: 'not_finite', message: expect.stringMatching(/^the feature NVDA\.\w+ is .* in row 200/) }),
      );
    }
  });

  test('knows its feature sets by id, and how many symbols each takes', () => {
    expect(() => featureSetOf('dual-ticker@1')).toThrow(
      expect.objectContaining({ code: 'config_invalid', hint: expect.stringContaining('dual-ticker@2') }),
    );
    const one = { ...bars, symbols: ['NVDA'], bars: bars.bars.slice(0, 1) };
    expect(() => featureMatrix(one)).toThrow(/needs bars of two symbols, not of 1/);
  });
});

describe('no feature looks ahead', () => {
  test.each(matrix.names.map((name, column) => [name, column] as const))('%s', (name, column) => {
    const rng = createRng(`causality/${name}`);
    expect(findLookAhead(columnFromBars(column), bars, randomRows(0, bars.time.length - 1, 4, rng), rng)).toBeNull();
  });

  test('nor does the matrix as a whole, normalised by a fit on the rows before', () => {
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
