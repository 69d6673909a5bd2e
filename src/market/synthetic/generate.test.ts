import { describe, expect, test } from 'vitest';
import { hashOf } from '../../core/json.ts';
import { createRng } from '../../core/rng.ts';
import type { AlignedBars } from '../bars.ts';
import { isOhlcConsistent, qualityOf } from '../quality.ts';
import { streamOf } from '../stream.ts';
import { generateMarket } from './generate.ts';
import { marketPresetOf, marketPresets } from './presets.ts';
import { regimeStream } from './regimes.ts';

const sessions = 200;
const planted = generateMarket(marketPresets.planted, 7, sessions);
const noEdge = generateMarket(marketPresets['no-edge'], 7, sessions);

/** Close over open, less 1: within a session a bar opens at the last close. */
function barReturns(bars: AlignedBars, asset: 0 | 1): Float64Array {
  const { open, close } = bars.bars[asset]!;
  return close.map((price, row) => price / open[row]! - 1);
}

const mean = (x: ArrayLike<number>): number => Array.from(x).reduce((sum, value) => sum + value, 0) / x.length;

function deviation(x: Float64Array): number {
  const centre = mean(x);
  return Math.sqrt(mean(x.map((value) => (value - centre) ** 2)));
}

function correlation(x: Float64Array, y: Float64Array): number {
  const [meanX, meanY] = [mean(x), mean(y)];
  return mean(x.map((value, i) => (value - meanX) * (y[i]! - meanY))) / deviation(x) / deviation(y);
}

/** Exponentially weighted returns of the bars before each bar. */
function momentumBefore(returns: Float64Array): Float64Array {
  let memory = 0;
  return returns.map((_, row) => {
    memory = 0.85 * memory + (row === 0 ? 0 : returns[row - 1]!);
    return memory;
  });
}

describe('the generated market', () => {
  test('is the same for the same seed, on every machine, until its id changes', () => {
    const bars = generateMarket(marketPresets.planted, 1, 2);
    expect(generateMarket(marketPresets.planted, 1, 2)).toEqual(bars);
    expect(generateMarket(marketPresets.planted, 2, 2)).not.toEqual(bars);
    const rounded = bars.bars.map((one) => Array.from(one.close, (price) => Number(price.toPrecision(9))));
    // If this changes, raise generatorId: stored manifests name it.
    expect(hashOf(rounded)).toMatchInlineSnapshot(`"3d61c3d72eb920d1facadecd931b32eeab65afec72c2f503688ccb5671767681"`);
  });

  test('continues a shorter one of the same seed', () => {
    const short = generateMarket(marketPresets.planted, 7, 3);
    expect(short.bars[1]!.close).toEqual(planted.bars[1]!.close.slice(0, 3 * 390));
    expect(short.bars[0]!.volume).toEqual(planted.bars[0]!.volume.slice(0, 3 * 390));
  });

  test('trades 390 minutes on every weekday from 09:30 in New York', () => {
    expect(planted.time).toHaveLength(sessions * 390);
    const open = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/New_York', weekday: 'short', hour: '2-digit', minute: '2-digit' });
    for (let session = 0; session < sessions; session++) {
      const first = open.format(planted.time[session * 390]!);
      expect(first).toMatch(/^(Mon|Tue|Wed|Thu|Fri),? 09:30$/);
      expect(planted.time[session * 390 + 389]! - planted.time[session * 390]!).toBe(389 * 60_000);
      expect(planted.session[session * 390 + 389]).toBe(session);
    }
  });

  test('has no flaw that the quality report knows', () => {
    for (const [index, symbol] of planted.symbols.entries()) {
      const report = qualityOf(streamOf({ symbol, time: planted.time, ...planted.bars[index]! }), planted.calendar, planted.barMs);
      expect(report).toMatchObject({
        sessions,
        barsPerSession: { min: 390, max: 390 },
        gaps: { count: 0 },
        duplicates: 0,
        badOhlc: 0,
        badVolume: 0,
        zeroVolume: 0,
      });
    }
  });

  test('opens each bar at the last close, but for the night', () => {
    const { open, close } = planted.bars[0]!;
    const gaps: number[] = [];
    for (let row = 1; row < open.length; row++) {
      if (row % 390 === 0) gaps.push(open[row]! / close[row - 1]! - 1);
      else if (open[row] !== close[row - 1]) expect.fail(`bar ${row} opens away from the last close`);
    }
    // A tenth of a session's 35 % / sqrt(252).
    expect(deviation(Float64Array.from(gaps))).toBeCloseTo(0.0022, 3);
  });

  test('moves about as much as was asked, in step about as much as was asked', () => {
    const perYear = Math.sqrt(252 * 390);
    // The regimes and jumps raise the base volatilities of 35 % and 25 % by some 7 %.
    expect(deviation(barReturns(planted, 0)) * perYear).toBeGreaterThan(0.34);
    expect(deviation(barReturns(planted, 0)) * perYear).toBeLessThan(0.41);
    expect(deviation(barReturns(planted, 1)) * perYear).toBeGreaterThan(0.24);
    expect(deviation(barReturns(planted, 1)) * perYear).toBeLessThan(0.29);
    expect(Math.abs(correlation(barReturns(planted, 0), barReturns(planted, 1)) - 0.61)).toBeLessThan(0.03);
  });

  test('plants an edge of about 2.5 % of the next bar at strength 0.15, most of it open to a rule on past returns', () => {
    const returns = barReturns(planted, 0);
    const unplanted = barReturns(noEdge, 0);
    const drift = returns.map((value, row) => value - unplanted[row]!);
    const planned = (deviation(drift) / deviation(returns)) ** 2;
    expect(planned).toBeGreaterThan(0.022);
    expect(planned).toBeLessThan(0.028);
    const seen = correlation(momentumBefore(returns), returns) ** 2;
    expect(seen).toBeGreaterThan(0.018);
    expect(seen).toBeLessThan(planned + 0.002);
  });

  test('holds nothing to foresee at strength 0: neither drift, nor momentum, nor any echo of the last bars', () => {
    const bars = sessions * 390;
    for (const asset of [0, 1] as const) {
      const returns = barReturns(noEdge, asset);
      const noise = 3.5 / Math.sqrt(bars);
      expect(Math.abs(mean(returns) / deviation(returns))).toBeLessThan(noise);
      expect(Math.abs(correlation(momentumBefore(returns), returns))).toBeLessThan(noise);
      for (const lag of [1, 2, 3, 5, 10]) expect(Math.abs(correlation(returns.slice(lag), returns.slice(0, -lag)))).toBeLessThan(noise);
      const { volume } = noEdge.bars[asset]!;
      expect(Math.abs(correlation(returns.slice(1), volume.slice(0, -1)))).toBeLessThan(noise);
    }
  });

  test('keeps shocks, ranges and volumes apart from the edge: another strength changes the drift alone', () => {
    const [a, b] = [barReturns(planted, 0), barReturns(noEdge, 0)];
    expect(correlation(a, b)).toBeGreaterThan(0.98);
  });

  test('trades more at the open and the close than at noon', () => {
    const { volume } = planted.bars[0]!;
    const meanAt = (from: number, to: number): number => mean(volume.filter((_, row) => row % 390 >= from && row % 390 < to));
    expect(meanAt(0, 20)).toBeGreaterThan(2 * meanAt(180, 210));
    expect(meanAt(370, 390)).toBeGreaterThan(1.5 * meanAt(180, 210));
    expect(volume.every(Number.isInteger)).toBe(true);
  });

  test('keeps even the wildest bars consistent', () => {
    const wild = generateMarket({ ...marketPresets.shock, volatilityAnnual: [6, 6] }, 3, 20);
    for (const { open, high, low, close } of wild.bars)
      for (let row = 0; row < open.length; row++)
        if (!isOhlcConsistent(open[row]!, high[row]!, low[row]!, close[row]!)) expect.fail(`bar ${row} is inconsistent`);
  });

  test('needs a whole number of sessions and a known preset', () => {
    expect(() => generateMarket(marketPresets.planted, 1, 0)).toThrow(/positive whole number of sessions/);
    expect(() => generateMarket(marketPresets.planted, 1, 1.5)).toThrow(/positive whole number of sessions/);
    expect(() => marketPresetOf('toString')).toThrow(/unknown market preset/);
  });
});

describe('regimes', () => {
  test('come in blocks of the declared mean length with the declared probabilities', () => {
    const next = regimeStream(marketPresets.planted.regimes, 90, createRng('regimes'));
    const count = 2_000_000;
    const seen: Record<string, number> = { trend: 0, chop: 0, shock: 0 };
    let changes = 0;
    let last = next();
    for (let i = 0; i < count; i++) {
      const bar = next();
      seen[bar.regime.name]!++;
      if (bar !== last) changes++;
      last = bar;
    }
    expect(count / changes).toBeGreaterThan(86);
    expect(count / changes).toBeLessThan(94);
    expect(seen['trend']! / count).toBeCloseTo(0.4, 1);
    expect(seen['chop']! / count).toBeCloseTo(0.45, 1);
    expect(seen['shock']! / count).toBeCloseTo(0.15, 1);
  });
});
