import { describe, expect, test } from 'vitest';
import { findLookAhead, randomRows, withNoiseAfter } from '../../../tests/fixtures/causality.ts';
import { createRng } from '../../core/rng.ts';
import type { BarColumns } from '../../market/bars.ts';
import { generateMarket } from '../../market/synthetic/generate.ts';
import { marketPresets } from '../../market/synthetic/presets.ts';
import { featureMatrix } from '../index.ts';
import { averageTrueRange, sessionVwapDistance, timeOfSession, volumeZscore } from './baseline.ts';
import { absorption, closeLocation, cumulativeFlow, flowPersistence, signedFlow } from './flow.ts';
import { barFlow } from './index.ts';

const f64 = (...values: number[]): Float64Array => Float64Array.from(values);
const near = (values: Iterable<number>): unknown[] => Array.from(values, (value) => expect.closeTo(value, 10));
const bars: BarColumns = {
  open: f64(10, 10, 11, 12),
  high: f64(11, 12, 13, 12),
  low: f64(9, 10, 11, 10),
  close: f64(10, 12, 11, 11),
  volume: f64(1, 3, 2, 2),
};
const starts = Int32Array.of(0, 0, 0, 3);

describe('worked numbers', () => {
  test('volume: 3 after 1 is one deviation above the mean of 2', () => {
    expect([...volumeZscore(bars, 2)]).toEqual(near([0, 1, -1, 0]));
  });

  test('volume: equal volumes are 0 although their mean rounds, and a real change of a millionth counts', () => {
    const volumes = (...values: number[]) => ({ ...bars, volume: f64(...values) });
    for (const volume of [1e6 / 3, 12345.1, 1e12 + 0.1, 0.1])
      expect([...volumeZscore(volumes(...Array.from({ length: 60 }, () => volume)), 60)]).toEqual(Array.from({ length: 60 }, () => 0));
    expect([...volumeZscore(volumes(1e6, 1e6 + 1), 2)]).toEqual(near([0, 1]));
  });

  test('session VWAP: typical prices 10 and 34/3 on volumes 1 and 3, and anew in the next session', () => {
    const vwap = (10 + 34) / 4;
    const third = (10 + 34 + (2 * 35) / 3) / 6;
    expect([...sessionVwapDistance(bars, starts)]).toEqual(near([0, 12 / vwap - 1, 11 / third - 1, 0]));
  });

  test('true range: the close before counts within a session, not over night', () => {
    expect([...averageTrueRange(bars, starts, 1)]).toEqual(near([0.2, 2 / 12, 2 / 11, 2 / 11]));
    expect([...averageTrueRange(bars, starts, 2)].slice(2)).toEqual(near([2 / 11, 2 / 11]));
  });

  test('time: a quarter of the session is a right angle', () => {
    expect([...timeOfSession(Int32Array.of(0, 0, 2), 4, Math.sin)]).toEqual(near([0, 1, 0]));
    expect([...timeOfSession(Int32Array.of(0, 0, 2), 4, Math.cos)]).toEqual(near([1, 0, 1]));
  });

  test('flow: a return of one deviation is bought to 0.8413, on one and a half times the mean volume', () => {
    // Population deviation of 0.02 and 0: 0.01, so that the return is two; of -0.02 and 0 likewise.
    const share = 2 * 0.97724986805 - 1;
    const flow = signedFlow({ ...bars, volume: f64(1, 3, 1, 3) }, f64(0, 0.02, 0, -0.02), 2);
    expect([...flow].map((x) => x.toFixed(6))).toEqual([0, 1.5 * share, 0, -1.5 * share].map((x) => x.toFixed(6)));
    expect([...cumulativeFlow(f64(1, 2, -4, 8), 3)]).toEqual(near([1, 3, -1, 6]));
    expect([...flowPersistence(f64(0.1, 5, -2, 0), 2)]).toEqual(near([1, 1, 0, -0.5]));
  });

  test('location: the middle is 0, the high 1, the low -1, and no range 0', () => {
    expect([...closeLocation({ ...bars, high: f64(11, 12, 13, 11), low: f64(9, 10, 11, 11) }, 1)]).toEqual(near([0, 1, -1, 0]));
  });

  test('absorption: twice the volume per range is 1, a bar without range is limited', () => {
    const still = { ...bars, high: f64(1, 1, 1, 1), low: f64(0, 0, 0.5, 1), volume: f64(1, 1, 1, 1) };
    expect([...absorption(still, 2, 4)]).toEqual(near([0, 0, 0.5, 3]));
  });
});

describe('bar-flow@1', () => {
  const market = generateMarket(marketPresets.planted, 11, 2);
  const columns = barFlow.columns(market);

  test('looks at nothing after its own bar', () => {
    const rng = createRng('causal');
    const compute = (some: typeof market) => {
      const all = barFlow.columns(some);
      const rows = some.time.length;
      return {
        width: all.length,
        values: Float64Array.from({ length: rows * all.length }, (_, i) => all[i % all.length]![Math.floor(i / all.length)]!),
      };
    };
    expect(findLookAhead(compute, market, randomRows(0, market.time.length - 2, 4, rng), rng)).toBeNull();
  });

  test('is finite for a market that jumps wildly, stands still, or does not trade', () => {
    const wild = withNoiseAfter(market, -1, createRng('wild'));
    const flat = (own: BarColumns, volume: number): BarColumns => {
      const fifty = own.close.map(() => 50);
      return { open: fifty, high: fifty, low: fifty, close: fifty, volume: own.volume.map(() => volume) };
    };
    for (const some of [wild, ...[0, 7].map((volume) => ({ ...market, bars: market.bars.map((own) => flat(own, volume)) }))])
      expect(featureMatrix(some, { set: 'bar-flow@1' }).values.every(Number.isFinite)).toBe(true);
    expect(columns.length).toBe(22);
  });
});
