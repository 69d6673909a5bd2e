import { describe, expect, test } from 'vitest';
import { alignBars } from '../../../tests/fixtures/aligned.ts';
import { withNoiseAfter } from '../../../tests/fixtures/causality.ts';
import { readInMemory } from '../../../tests/fixtures/csv.ts';
import { columnsOf } from '../../../tests/fixtures/feature-columns.ts';
import { hasSharedData, sharedDataFile, sharedDataNote } from '../../../tests/fixtures/shared-data.ts';
import { sha256 } from '../../core/json.ts';
import { createRng } from '../../core/rng.ts';
import { type AlignedBars, alignedBars } from '../../market/bars.ts';
import { sessionCalendars } from '../../market/calendars/index.ts';
import { generateMarket } from '../../market/synthetic/generate.ts';
import { marketPresets } from '../../market/synthetic/presets.ts';
import { CurrentBar } from '../bar-reader.ts';
import type { Bar } from '../feature-set.ts';
import { featureMatrix } from '../index.ts';
import { createMemory } from '../memory.ts';
import { Recent } from '../recent.ts';
import { momentsOf } from '../windows.ts';
import { Asset } from './asset.ts';
import { meanOfOthers, returnCorrelation, spreadRatio } from './cross.ts';
import { dualTicker, multiTicker } from './index.ts';
import { momentum, spread, vwapDeviation } from './price.ts';
import { realisedVolatility, shape, volatilityOfVolatility } from './returns.ts';
import { bookImbalance, tradeIntensity } from './volume.ts';

const f64 = (...values: number[]): Float64Array => Float64Array.from(values);
const near = (values: Iterable<number>, digits = 12): unknown[] => Array.from(values, (value) => expect.closeTo(value, digits));

/** The last values of a series, the oldest first. */
function recentOf(values: Iterable<number>, length = 60): Recent {
  const recent = new Recent(createMemory(), length);
  for (const value of values) recent.push(value);
  return recent;
}

const momentsAfter = (values: readonly number[]) => momentsOf(Float64Array.from(values), 0, values.length);

/** What `of` gives after each of the values. */
function valuesAfter(values: Float64Array, of: (recent: Recent, row: number) => number): number[] {
  return Array.from(values, (_, row) => of(recentOf(values.subarray(0, row + 1)), row));
}

/** A bar of one symbol. */
function barOf(
  fields: { readonly open?: number; readonly high?: number; readonly low?: number; readonly close: number },
  begins = false,
): Bar {
  const { close, open = close, high = close, low = close } = fields;
  const bar = new CurrentBar(1, []);
  bar.open[0] = open;
  bar.high[0] = high;
  bar.low[0] = low;
  bar.close[0] = close;
  bar.begins[0] = begins ? 1 : 0;
  return bar;
}

describe('worked numbers', () => {
  test('F1: a range of 3 at a close of 100 is a spread of 0.03', () => {
    expect(spread(barOf({ close: 100, high: 102, low: 99 }), 0)).toBeCloseTo(0.03, 12);
  });

  test('F2: a change of 1 % on twice the mean volume is half of it; on no volume 0; on almost none limited to 0.1', () => {
    const imbalances = (volumes: Float64Array, change: number) =>
      valuesAfter(volumes, (recent, row) => bookImbalance(recent, row === 0 ? 0 : Math.log1p(change), 2, 1e-8));
    // Means of two volumes: 1, 2, 1.5, 0.0000005.
    expect(imbalances(f64(1, 3, 0, 1e-6), 0.01)).toEqual(near([0, 0.01 / 1.5, 0, 0.005], 9));
    expect(imbalances(f64(1000, 1), 0.01)).toEqual([0, 0.1]);
    expect(imbalances(f64(1000, 1), -0.01)).toEqual([0, -0.1]);
  });

  test('F3: prices 10, 11, 12 on volumes 1, 1, 2 have a VWAP of 11.25', () => {
    const deviations = (volumes: Float64Array, bars: number) =>
      valuesAfter(f64(10, 11, 12), (closes, row) => vwapDeviation(closes, recentOf(volumes.subarray(0, row + 1)), bars));
    expect(deviations(f64(1, 1, 2), 10)).toEqual(near([0, 11 / 10.5 - 1, 12 / 11.25 - 1]));
    expect(deviations(f64(1, 1, 2), 2)).toEqual(near([0, 11 / 10.5 - 1, 12 / (35 / 3) - 1]));
    expect(deviations(f64(0, 0, 0), 10)).toEqual([0, 0, 0]);
  });

  test('F4: a last bar of four times the usual volume', () => {
    expect(tradeIntensity(recentOf([1, 1, 1, 5]), 1, 4)).toBeCloseTo(5 / 2 - 1, 12);
    expect(tradeIntensity(recentOf([0, 0]), 1, 2)).toBe(0);
  });

  test('F5: 5 after 1, 2, 3, 4 is two thirds above the mean of the five', () => {
    expect(momentum(recentOf([1, 2, 3, 4, 5]), 5)).toBeCloseTo(5 / 3 - 1, 12);
  });

  test('F6: returns of +-0.1 % a minute are 31.35 % a year', () => {
    expect(realisedVolatility(momentsAfter([0.001, -0.001, 0.001, -0.001]), 98_280)).toBeCloseTo(0.1 * 313.4964, 4);
    expect(realisedVolatility(momentsAfter([0.3, 0.3, 0.3]), 98_280)).toBe(0);
  });

  test('F7: short deviations of 1 and 2 basis points deviate by half a basis point', () => {
    expect(volatilityOfVolatility(recentOf([1e-4, 2e-4]), 3)).toBeCloseTo(0.5e-4 * 100, 12);
  });

  test('F8 and F9: returns 0, 0, 3 have skewness 0.7071 and excess kurtosis -1.5; constant ones have none', () => {
    const { skewness, kurtosis } = shape(momentsAfter([0, 0, 3]));
    expect(skewness).toBeCloseTo(Math.SQRT1_2, 12);
    expect(kurtosis).toBeCloseTo(-1.5, 12);
    expect(shape(momentsAfter([0, 0]))).toEqual({ skewness: 0, kurtosis: 0 });
    expect(shape(momentsAfter([0.1, 0.1, 0.1])).kurtosis).toBe(0);
  });

  test('F10: correlated, anticorrelated, half correlated and uncorrelated returns', () => {
    const correlation = (others: readonly number[]) => returnCorrelation(recentOf([1, 2, 3]), recentOf(others, 3), 3);
    expect(correlation([2, 4, 6])).toBeCloseTo(1, 12);
    expect(correlation([3, 2, 1])).toBeCloseTo(-1, 12);
    expect(correlation([1, 3, 2])).toBeCloseTo(0.5, 12);
    expect(correlation([7, 7, 7])).toBe(0);
  });

  test('F11: a spread of 2 against 1 is 1 on one side and -0.5 on the other; a bar without range says nothing', () => {
    expect([spreadRatio(2, 1), spreadRatio(1, 2)]).toEqual([1, -0.5]);
    expect([spreadRatio(2, 0), spreadRatio(0, 2)]).toEqual([0, 0]);
  });

  test('the others are all assets but one, weighted equally; of two, the other one to the bit', () => {
    expect([0, 1, 2].map((k) => meanOfOthers(f64(1, 2, 6), k))).toEqual([4, 3.5, 1.5]);
    expect([0, 1].map((k) => meanOfOthers(f64(-0, 0.1), k))).toEqual([0.1, -0]);
  });
});

describe('the night between two sessions', () => {
  const closes = [100, 101, 200, 202];
  const opens = [100, 100, 199, 200];
  const start = (): { readonly asset: Asset; readonly push: (row: number) => Float64Array } => {
    const asset = new Asset(createMemory(), 98_280);
    const out = new Float64Array(9);
    return {
      asset,
      push: (row) => {
        const bar = barOf({ close: closes[row]!, open: opens[row]! }, row % 2 === 0);
        bar.volume[0] = 1;
        asset.push(bar, 0, out, 0);
        return out.slice();
      },
    };
  };

  test('is no return: a session begins with its first bar from open to close', () => {
    const { asset, push } = start();
    const returns = closes.map((_, row) => {
      push(row);
      return asset.returns.newest;
    });
    expect(returns).toEqual(near([0, Math.log(1.01), Math.log(200 / 199), Math.log(1.01)]));
  });

  test('is outside of every window of prices, and within those of returns and volumes', () => {
    const { push } = start();
    const rows = closes.map((_, row) => push(row));
    expect(rows.map((row) => row[4])).toEqual(near([0, 101 / 100.5 - 1, 0, 202 / 201 - 1]));
    expect(rows.map((row) => row[2])).toEqual(near([0, 101 / 100.5 - 1, 0, 202 / 201 - 1]));
    const returns = [0, Math.log(1.01), Math.log(200 / 199), Math.log(1.01)];
    expect(rows[3]![5]).toBeCloseTo(textbookDeviation(returns) * Math.sqrt(98_280) * 100, 9);
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
    const columns = columnsOf(dualTicker, bars);
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

describe('values that stored models were trained with', () => {
  // SHA-256 of the matrix of four generated sessions, as the first, columnar form of these sets computed it.
  test.each([
    ['dual-ticker@2', '83de1f3c2c96158d2c04b6b1b866f72041dbef7f44e678c2542b2968ebbf2e45'],
    ['bar-flow@1', '192665518934daa86fbecc02c8c388c7a23330f24bdc2876207eef64983d0d85'],
  ])('%s has not changed', (set, hash) => {
    const { values } = featureMatrix(generateMarket(marketPresets.planted, 11, 4), { set });
    expect(sha256(new Uint8Array(values.buffer))).toBe(hash);
  });

  test('multi-ticker@1 of two assets is dual-ticker@2 to the bit; of one it has no features beside others; of three, others are their mean', () => {
    const market = generateMarket(marketPresets.planted, 11, 1);
    const pair = columnsOf(dualTicker, market);
    expect(columnsOf(multiTicker, market)).toEqual(pair);
    expect(columnsOf(multiTicker, withSymbols(market, [0]))).toEqual(pair.slice(0, 9));
    const three = columnsOf(multiTicker, withSymbols(market, [0, 1, 1]));
    // The others of the first are twice the same asset: their mean is that asset.
    expect(three.slice(0, 12)).toEqual(pair.slice(0, 12));
    const [own, other] = [pair[4]!, pair[16]!];
    expect(three[23]![200]).toBeCloseTo(other[200]! - (own[200]! + other[200]!) / 2, 15);
  });
});

/** A market of some of the symbols, which may occur twice. */
function withSymbols(bars: AlignedBars, which: readonly number[]): AlignedBars {
  const { symbols, time, session, barMs, calendar } = bars;
  return alignedBars({
    symbols: which.map((k, i) => `${symbols[k]}${i}`),
    time,
    session,
    barMs,
    calendar,
    bars: which.map((k) => bars.bars[k]!),
  });
}

describe.skipIf(!hasSharedData)(`dual-ticker@2 on real bars${sharedDataNote}`, () => {
  test('sees NVDA and MSFT as they were', async () => {
    const options = { calendar: sessionCalendars['us-equities'], barMs: 60_000 };
    const fileOf = (symbol: string) => sharedDataFile(`equities_1m/${symbol}_1m_2018-02-16_2018-04-20.csv.gz`);
    const sources = ['NVDA', 'MSFT'].map((symbol) => ({ file: fileOf(symbol), format: { zone: 'America/New_York' } }));
    const { all } = await readInMemory(sources, options);
    const series = all.map((one) => one.series);
    const { bars } = alignBars(series, options);
    const columns = columnsOf(dualTicker, bars);
    const meanOf = (column: number): number => average(Array.from(columns[column]!.subarray(59)));
    expect(columns.every((column) => column.every(Number.isFinite))).toBe(true);
    expect(meanOf(5)).toBeGreaterThan(25);
    expect(meanOf(5)).toBeLessThan(45);
    expect(meanOf(9)).toBeGreaterThan(0.5);
    expect(meanOf(9)).toBeLessThan(0.75);
    for (const row of [59, 391, 9000, 17_203])
      for (const [index, value] of referenceRow(bars, row).entries()) expect(columns[index]![row]!).toBeCloseTo(value, 8);
  });
});
