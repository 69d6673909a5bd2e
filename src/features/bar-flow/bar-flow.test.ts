import { describe, expect, test } from 'vitest';
import { withNoiseAfter } from '../../../tests/fixtures/causality.ts';
import { columnsOf } from '../../../tests/fixtures/feature-columns.ts';
import { createRng } from '../../core/rng.ts';
import type { BarColumns } from '../../market/bars.ts';
import { generateMarket } from '../../market/synthetic/generate.ts';
import { marketPresets } from '../../market/synthetic/presets.ts';
import { featureMatrix } from '../index.ts';
import { createMemory } from '../memory.ts';
import { Recent } from '../recent.ts';
import { SessionVwap } from '../session-vwap.ts';
import { volumeZscore } from './baseline.ts';
import { absorption, closeLocation, meanOfRecent, signedFlow } from './flow.ts';
import { barFlow } from './index.ts';

const near = (values: Iterable<number>): unknown[] => Array.from(values, (value) => expect.closeTo(value, 10));

/** What `of` gives after each value of a series of which `length` are held. */
function valuesAfter(values: readonly number[], length: number, of: (recent: Recent) => number): number[] {
  const recent = new Recent(createMemory(), length);
  return values.map((value) => {
    recent.push(value);
    return of(recent);
  });
}

describe('worked numbers', () => {
  test('volume: 3 after 1 is one deviation above the mean of 2', () => {
    expect(valuesAfter([1, 3, 2, 2], 2, volumeZscore)).toEqual(near([0, 1, -1, 0]));
  });

  test('volume: equal volumes are 0 although their mean rounds, and a real change of a millionth counts', () => {
    for (const volume of [1e6 / 3, 12345.1, 1e12 + 0.1, 0.1])
      expect(valuesAfter(Array<number>(60).fill(volume), 60, volumeZscore).every((score) => score === 0)).toBe(true);
    expect(valuesAfter([1e6, 1e6 + 1], 2, volumeZscore)).toEqual(near([0, 1]));
  });

  test('session VWAP: typical prices 10 and 34/3 on volumes 1 and 3, and anew in the next session', () => {
    const bars = [
      [11, 9, 10, 1],
      [12, 10, 12, 3],
      [13, 11, 11, 2],
      [12, 10, 11, 2],
    ] as const;
    const vwap = new SessionVwap(createMemory());
    const distances = bars.map(([high, low, close, volume], row) => vwap.next(high, low, close, volume, row === 0 || row === 3));
    const third = (10 + 34 + (2 * 35) / 3) / 6;
    expect(distances).toEqual(near([0, 12 / (44 / 4) - 1, 11 / third - 1, 0]));
    expect(new SessionVwap(createMemory()).next(2, 1, 2, 0, true)).toBe(0);
  });

  test('flow: a return of one deviation is bought to 0.8413, on one and a half times the mean volume', () => {
    // Population deviation of 0.02 and 0: 0.01, so that the return is two; of -0.02 and 0 likewise.
    const share = 2 * 0.97724986805 - 1;
    const returns = new Recent(createMemory(), 2);
    const moves = [0, 0.02, 0, -0.02];
    const flow = valuesAfter([1, 3, 1, 3], 2, (volumes) => {
      returns.push(moves.shift()!);
      return signedFlow(volumes, returns);
    });
    expect(flow.map((x) => x.toFixed(6))).toEqual([0, 1.5 * share, 0, -1.5 * share].map((x) => x.toFixed(6)));
    expect(valuesAfter([1, 2, -4, 8], 3, (flows) => meanOfRecent(flows) * flows.count)).toEqual(near([1, 3, -1, 6]));
  });

  test('location: the middle is 0, the high 1, the low -1, and no range 0', () => {
    expect([closeLocation(11, 9, 10), closeLocation(12, 10, 12), closeLocation(13, 11, 11), closeLocation(11, 11, 11)]).toEqual([
      0, 1, -1, 0,
    ]);
  });

  test('absorption: twice the volume per range is 1, a bar without range is limited', () => {
    const volumes = new Recent(createMemory(), 2);
    const absorptions = valuesAfter([1, 1, 0.5, 0], 2, (ranges) => {
      volumes.push(1);
      return absorption(volumes, ranges, 4);
    });
    expect(absorptions).toEqual(near([0, 0, 0.5, 3]));
  });
});

describe('bar-flow@1', () => {
  const market = generateMarket(marketPresets.planted, 11, 2);
  const columns = columnsOf(barFlow, market);

  test('true range: the close before counts within a session, not over night; the angle goes once around in 390 minutes', () => {
    const { high, low, close } = market.bars[0]!;
    const range = (row: number) =>
      row === 390 ? high[row]! - low[row]! : Math.max(high[row]!, close[row - 1]!) - Math.min(low[row]!, close[row - 1]!);
    const rows = Array.from({ length: 14 }, (_, i) => 385 + i);
    expect(columns[10]![398]).toBeCloseTo(rows.reduce((sum, row) => sum + range(row), 0) / 14 / close[398]!, 12);
    expect([0, 97.5, 195, 390].map((minute) => [minute, columns[3]![minute] ?? 1])).toEqual([
      [0, 0],
      [97.5, 1],
      [195, expect.closeTo(0, 12)],
      [390, 0],
    ]);
    expect(columns[4]![195]).toBeCloseTo(-1, 12);
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
