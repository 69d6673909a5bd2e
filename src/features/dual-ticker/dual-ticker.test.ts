import { describe, expect, test } from 'vitest';
import { withNoiseAfter } from '../../../tests/fixtures/causality.ts';
import { hasSharedData, sharedDataFile, sharedDataNote } from '../../../tests/fixtures/shared-data.ts';
import { createRng } from '../../core/rng.ts';
import { alignBars } from '../../market/align.ts';
import type { AlignedBars, BarColumns } from '../../market/bars.ts';
import { sessionCalendars } from '../../market/calendars/index.ts';
import { readSeries } from '../../market/formats/read-series.ts';
import { generateMarket } from '../../market/synthetic/generate.ts';
import { marketPresets } from '../../market/synthetic/presets.ts';
import { sessionStarts } from '../windows.ts';
import { momentumDivergence, returnCorrelation, spreadRatio } from './cross.ts';
import { dualTicker } from './index.ts';
import { momentum, spread, vwapDeviation } from './price.ts';
import { logReturns, realisedVolatility, shape, volatilityOfVolatility } from './returns.ts';
import { bookImbalance, tradeIntensity } from './volume.ts';

const f64 = (...values: number[]): Float64Array => Float64Array.from(values);
const near = (values: Iterable<number>, digits = 12): unknown[] => Array.from(values, (value) => expect.closeTo(value, digits));

/** Bars from closes alone: each opens at the last close. */
function barsOf(close: Float64Array, volume: Float64Array = new Float64Array(close.length).fill(1)): BarColumns {
  const open = close.map((price, row) => (row === 0 ? price : close[row - 1]!));
  return {
    open,
    high: close.map((price, row) => Math.max(price, open[row]!)),
    low: close.map((price, row) => Math.min(price, open[row]!)),
    close,
    volume,
  };
}

const oneSession = (rows: number): Int32Array => new Int32Array(rows);

describe('worked numbers', () => {
  test('F1: a range of 3 at a close of 100 is a spread of 0.03', () => {
    expect([...spread({ ...barsOf(f64(100)), high: f64(102), low: f64(99) })]).toEqual(near([0.03]));
  });

  test('F2: a change of 1 % on twice the mean volume is half of it; on no volume 0; on almost none limited to 0.1', () => {
    const returns = f64(0, Math.log(1.01), Math.log(1.01), Math.log(1.01));
    const bars = barsOf(f64(1, 1, 1, 1), f64(1, 3, 0, 1e-6));
    // Means of two volumes: 1, 2, 1.5, 0.0000005.
    expect([...bookImbalance(bars, returns, 2, 1e-8)]).toEqual(near([0, 0.01 / 1.5, 0, 0.005], 9));
    const thin = barsOf(f64(1, 1), f64(1000, 1));
    expect([...bookImbalance(thin, f64(0, Math.log(1.01)), 2, 1e-8)]).toEqual([0, 0.1]);
    expect([...bookImbalance(thin, f64(0, Math.log(0.99)), 2, 1e-8)]).toEqual([0, -0.1]);
  });

  test('F3: prices 10, 11, 12 on volumes 1, 1, 2 have a VWAP of 11.25', () => {
    const bars = barsOf(f64(10, 11, 12), f64(1, 1, 2));
    expect([...vwapDeviation(bars, oneSession(3), 10)]).toEqual(near([0, 11 / 10.5 - 1, 12 / 11.25 - 1]));
    expect([...vwapDeviation(bars, oneSession(3), 2)]).toEqual(near([0, 11 / 10.5 - 1, 12 / (35 / 3) - 1]));
    expect([...vwapDeviation({ ...bars, volume: f64(0, 0, 0) }, oneSession(3), 10)]).toEqual([0, 0, 0]);
  });

  test('F4: a last bar of four times the usual volume', () => {
    expect(tradeIntensity(barsOf(f64(1, 1, 1, 1), f64(1, 1, 1, 5)), 1, 4)[3]).toBeCloseTo(5 / 2 - 1, 12);
    expect([...tradeIntensity(barsOf(f64(1, 1), f64(0, 0)), 1, 2)]).toEqual([0, 0]);
  });

  test('F5: 5 after 1, 2, 3, 4 is two thirds above the mean of the five', () => {
    expect(momentum(barsOf(f64(1, 2, 3, 4, 5)), oneSession(5), 5)[4]).toBeCloseTo(5 / 3 - 1, 12);
  });

  test('F6: returns of +-0.1 % a minute are 31.35 % a year', () => {
    const returns = f64(0.001, -0.001, 0.001, -0.001);
    expect(realisedVolatility(returns, 4)[3]).toBeCloseTo(0.1 * 313.4964, 4);
    expect([...realisedVolatility(f64(0.3, 0.3, 0.3), 3)]).toEqual([0, 0, 0]);
  });

  test('F7: short deviations of 1 and 2 basis points deviate by half a basis point', () => {
    // Pairs (0, 2), (2, -2) bp have deviations 1 and 2 bp; a window of three returns holds both pairs.
    expect(volatilityOfVolatility(f64(0, 2e-4, -2e-4), 3, 2)[2]).toBeCloseTo(0.5e-4 * 100, 12);
  });

  test('F8 and F9: returns 0, 0, 3 have skewness 0.7071 and excess kurtosis -1.5; constant ones have none', () => {
    const { skewness, kurtosis } = shape(f64(0, 0, 3), 3);
    expect(skewness[2]).toBeCloseTo(Math.SQRT1_2, 12);
    expect(kurtosis[2]).toBeCloseTo(-1.5, 12);
    expect([skewness[1], kurtosis[1]]).toEqual([0, 0]);
    expect(shape(f64(0.1, 0.1, 0.1), 3).kurtosis[2]).toBe(0);
  });

  test('F10: returns that go together, against each other, half-way, or not at all', () => {
    const up = f64(1, 2, 3);
    expect(returnCorrelation(up, f64(2, 4, 6), 3)[2]).toBeCloseTo(1, 12);
    expect(returnCorrelation(up, f64(3, 2, 1), 3)[2]).toBeCloseTo(-1, 12);
    expect(returnCorrelation(up, f64(1, 3, 2), 3)[2]).toBeCloseTo(0.5, 12);
    expect(returnCorrelation(up, f64(7, 7, 7), 3)[2]).toBe(0);
  });

  test('F11: a spread of 2 against 1 is 1 on one side and -0.5 on the other; a bar without range says nothing', () => {
    expect([...spreadRatio(f64(2, 2, 0), f64(1, 0, 2))]).toEqual([1, 0, 0]);
    expect([...spreadRatio(f64(1, 0, 2), f64(2, 2, 0))]).toEqual([-0.5, 0, 0]);
  });

  test('F12: has opposite signs on the two sides', () => {
    expect([...momentumDivergence(f64(0.03), f64(0.01))]).toEqual(near([0.02]));
    expect([...momentumDivergence(f64(0.01), f64(0.03))]).toEqual(near([-0.02]));
  });
});

describe('the night between two sessions', () => {
  const session = f64(0, 0, 1, 1);
  const gap: BarColumns = { ...barsOf(f64(100, 101, 200, 202)), open: f64(100, 100, 199, 200) };
  const starts = sessionStarts(session);

  test('is no return: a session begins with its first bar from open to close', () => {
    expect([...starts]).toEqual([0, 0, 2, 2]);
    expect([...logReturns(gap, starts)]).toEqual(near([0, Math.log(1.01), Math.log(200 / 199), Math.log(1.01)]));
  });

  test('is outside of every window of prices', () => {
    expect([...momentum(gap, starts, 5)]).toEqual(near([0, 101 / 100.5 - 1, 0, 202 / 201 - 1]));
    expect([...vwapDeviation(gap, starts, 10)]).toEqual(near([0, 101 / 100.5 - 1, 0, 202 / 201 - 1]));
  });

  test('does not interrupt windows of returns and volumes', () => {
    expect(tradeIntensity({ ...gap, volume: f64(1, 1, 4, 1) }, 1, 3)[2]).toBeCloseTo(4 / 2 - 1, 12);
    const returns = logReturns(gap, starts);
    expect(realisedVolatility(returns, 4)[3]).toBeCloseTo(textbookDeviation(Array.from(returns)) * Math.sqrt(98_280) * 100, 9);
  });
});

// The slow reference: plain arrays, one slice per value, formulas as the textbook prints them.
const average = (x: readonly number[]): number => x.reduce((sum, value) => sum + value, 0) / x.length;
const centralMoment = (x: readonly number[], power: number): number => average(x.map((value) => (value - average(x)) ** power));
const textbookDeviation = (x: readonly number[]): number => Math.sqrt(centralMoment(x, 2));

function referenceRow(bars: AlignedBars, row: number): number[] {
  const last = (x: ArrayLike<number>, count: number, end = row): number[] => Array.from(x).slice(Math.max(0, end + 1 - count), end + 1);
  const sinceOpen = Array.from(bars.session).filter((session, i) => i <= row && session === bars.session[row]).length;
  const own = bars.bars.map((one) => {
    const returns = Array.from(one.close, (close, i) => {
      const isFirst = i === 0 || bars.session[i] !== bars.session[i - 1];
      return Math.log(close) - Math.log(isFirst ? one.open[i]! : one.close[i - 1]!);
    });
    const closes = (count: number): number[] => last(one.close, Math.min(count, sinceOpen));
    const volumes = last(one.volume, Math.min(10, sinceOpen));
    const traded = volumes.reduce((sum, volume) => sum + volume, 0);
    const vwap = closes(10).reduce((sum, close, i) => sum + close * volumes[i]!, 0) / traded;
    const close = one.close[row]!;
    const volume = one.volume[row]!;
    const imbalance = (Math.exp(returns[row]!) - 1) / (volume / average(last(one.volume, 60)) + 1e-8);
    const window = last(returns, 60);
    const short = Array.from({ length: 56 }, (_, i) => textbookDeviation(window.slice(i, i + 5)));
    return {
      returns,
      features: [
        (one.high[row]! - one.low[row]!) / close,
        volume === 0 ? 0 : Math.min(0.1, Math.max(-0.1, imbalance)),
        traded === 0 ? 0 : (close - vwap) / vwap,
        average(last(one.volume, 5)) / average(last(one.volume, 20)) - 1,
        (close - average(closes(5))) / average(closes(5)),
        textbookDeviation(window) * Math.sqrt(252 * 390) * 100,
        textbookDeviation(short) * 100,
        centralMoment(window, 3) / centralMoment(window, 2) ** 1.5,
        centralMoment(window, 4) / centralMoment(window, 2) ** 2 - 3,
      ],
    };
  });
  const [a, b] = [own[0]!, own[1]!];
  const [x, y] = [last(a.returns, 50), last(b.returns, 50)];
  const covariance = average(x.map((value, i) => (value - average(x)) * (y[i]! - average(y))));
  const correlation = covariance / textbookDeviation(x) / textbookDeviation(y);
  const cross = (mine: readonly number[], others: readonly number[]): number[] => [
    correlation,
    mine[0]! / others[0]! - 1,
    mine[4]! - others[4]!,
  ];
  return [...a.features, ...cross(a.features, b.features), ...b.features, ...cross(b.features, a.features)];
}

describe('dual-ticker@2 agrees with its slow reference', () => {
  const rng = createRng('reference');
  const market = generateMarket(marketPresets.planted, 4, 3);
  test.each([
    ['a generated market', market],
    ['noise', withNoiseAfter(market, -1, rng)],
  ])('on %s', (_, bars) => {
    const columns = dualTicker.columns(bars);
    const rows = [59, 60, 389, 390, 391, 394, 449, ...Array.from({ length: 20 }, () => 59 + rng.int(bars.time.length - 59))];
    for (const row of rows) {
      const expected = referenceRow(bars, row);
      for (const [index, column] of columns.entries())
        expect(Math.abs(column[row]! - expected[index]!), `column ${index}, row ${row}`).toBeLessThan(
          1e-9 * Math.max(1, Math.abs(expected[index]!)),
        );
    }
  });
});

describe.skipIf(!hasSharedData)(`dual-ticker@2 on real bars${sharedDataNote}`, () => {
  test('sees NVDA and MSFT as they were', async () => {
    const options = { calendar: sessionCalendars['us-equities'], barMs: 60_000 };
    const fileOf = (symbol: string) => sharedDataFile(`equities_1m/${symbol}_1m_2018-02-16_2018-04-20.csv.gz`);
    const sources = ['NVDA', 'MSFT'].map((symbol) => ({ file: fileOf(symbol), symbol, format: { zone: 'America/New_York' } }));
    const { all } = await readSeries(sources, { ...options, gaps: 'refuse', outside: 'refuse' });
    const series = all.map((one) => one.series);
    const { bars } = alignBars(series, options);
    const columns = dualTicker.columns(bars);
    const meanOf = (column: number): number => average(Array.from(columns[column]!.subarray(dualTicker.warmUpBars)));
    expect(columns.every((column) => column.every(Number.isFinite))).toBe(true);
    expect(meanOf(5)).toBeGreaterThan(25);
    expect(meanOf(5)).toBeLessThan(45);
    expect(meanOf(9)).toBeGreaterThan(0.5);
    expect(meanOf(9)).toBeLessThan(0.75);
    for (const row of [59, 391, 9000, 17_203])
      for (const [index, value] of referenceRow(bars, row).entries()) expect(columns[index]![row]!).toBeCloseTo(value, 8);
  });
});
