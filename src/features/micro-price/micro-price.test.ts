import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { columnsOf } from '../../../tests/fixtures/feature-columns.ts';
import { readGolden } from '../../../tests/golden/read.ts';
import { alignedBars } from '../../market/bars.ts';
import { crypto } from '../../market/calendars/around-the-clock.ts';
import type { RowRange } from '../feature-set.ts';
import { fitFeatures } from '../matrix.ts';
import { microPrice } from './index.ts';
import { type MicroPriceTable, microPriceTicks, parseMicroPrices } from './table.ts';

type Quote = readonly [bid: number, bidSize: number, ask: number, askSize: number];

/** Snapshots of one symbol a second apart; `sessions` says which session each is of. */
function snapshots(quotes: readonly Quote[], sessions: readonly number[] = quotes.map(() => 0), contract?: readonly number[]) {
  const column = (i: number) => Float64Array.from(quotes, (quote) => quote[i]!);
  const mid = Float64Array.from(quotes, ([bid, , ask]) => (bid + ask) / 2);
  return alignedBars({
    symbols: ['A'],
    time: Float64Array.from(quotes, (_, row) => sessions[row]! * 86_400_000 + row * 1000),
    session: Float64Array.from(sessions),
    bars: [{ open: mid, high: mid, low: mid, close: mid, volume: mid.map(() => 1) }],
    columns: [{ bid1: column(0), bidSize1: column(1), ask1: column(2), askSize1: column(3) }],
    contracts: [
      contract === undefined
        ? null
        : { names: ['A', 'B'], index: Float64Array.from(contract), previousOpen: new Float64Array(quotes.length).fill(Number.NaN) },
    ],
    barMs: 1000,
    calendar: crypto,
  });
}

const whole = (bars: { readonly time: Float64Array }): RowRange => ({ from: 0, to: bars.time.length });
const tableOf = (options: Parameters<typeof microPrice>[0], bars: ReturnType<typeof snapshots>, training = whole(bars)): MicroPriceTable =>
  parseMicroPrices(fitFeatures(microPrice(options), bars, training), 1)[0]!;

interface Golden {
  readonly observations: readonly (readonly [number, number, number, number, number])[];
  readonly tick: number;
  readonly tables: readonly { readonly bins: number; readonly spreads: number; readonly ticks: readonly (readonly number[])[] }[];
}
const golden = readGolden<Golden>(fileURLToPath(new URL('../../../tests/fixtures/golden/market/micro-price.json', import.meta.url)));
const observed = snapshots(
  golden.observations.map(([bid, bidSize, ask, askSize]) => [bid, bidSize, ask, askSize]),
  golden.observations.map(([, , , , session]) => session),
);

describe('the micro-price', () => {
  test.each(golden.tables)('of $bins bins and $spreads spreads is the sum of its series on mirrored data', ({ bins, spreads, ticks }) => {
    const table = tableOf({ bins, spreads }, observed);
    expect(table.tick).toBe(golden.tick);
    for (const [s, row] of ticks.entries()) for (const [j, value] of row.entries()) expect(table.ticks[s]![j]).toBeCloseTo(value, 9);
  });

  test('of a book by hand: half of the moves follow the side, a balanced book expects nothing', () => {
    // One tick wide. More at the bid: the mid rises by a tick and the book is balanced (twice), or nothing moves and the side changes (once).
    const [up, even, down]: Quote[] = [
      [100, 3, 101, 1],
      [101, 2, 102, 2],
      [100, 1, 101, 3],
    ];
    const bars = snapshots([up!, even!, up!, even!, up!, down!]);
    // Moves: up to even (+1), even to up (a balanced book says nothing), up to even (+1), up to down (0). g = (1 + 1 - g) / 3 = 1/2.
    expect(tableOf({ bins: 2, spreads: 1, tick: 1 }, bars).ticks).toEqual([[0.5]]);
    const table = { tick: 1, ticks: [[0.5]] };
    expect([up!, even!, down!].map(([bid, bidSize, ask, askSize]) => microPriceTicks(table, bid, bidSize, ask, askSize))).toEqual([
      0.5, 0, -0.5,
    ]);
  });

  test('is learnt from moves within a session and a contract alone', () => {
    const quotes: Quote[] = [
      [100, 3, 101, 1],
      [105, 3, 106, 1],
      [105, 2, 106, 2],
      [105, 3, 106, 1],
      [106, 2, 107, 2],
    ];
    const options = { bins: 2, spreads: 1, tick: 1 } as const;
    expect(tableOf(options, snapshots(quotes)).ticks[0]![0]).toBeCloseTo(3, 12); // (5 + 0 + 1 + g) / 3
    expect(tableOf(options, snapshots(quotes, [0, 1, 1, 1, 1])).ticks[0]![0]).toBeCloseTo(0.5, 12); // (0 + 1) / 2
    expect(tableOf(options, snapshots(quotes, undefined, [0, 1, 1, 1, 1])).ticks[0]![0]).toBeCloseTo(0.5, 12);
    expect(tableOf(options, snapshots(quotes), { from: 1, to: 4 }).ticks[0]![0]).toBe(0);
  });

  test('has a value in every state, also where the training rows never come to the other side', () => {
    const rising = Array.from({ length: 20 }, (_, i): Quote => [100 + i, 5, 101 + i, 1]);
    // 19 moves up and one to the mirror image: g = (19 + 19 g - g) / 20.
    const { ticks } = tableOf({ bins: 10, spreads: 3, tick: 1 }, snapshots(rising));
    expect(ticks.flat().filter((value) => value !== 0)).toEqual([expect.closeTo(9.5, 9)]);
    expect(ticks.map((row) => row.length)).toEqual([5, 5, 5]);
  });

  test('is odd in the side, whatever the book', () => {
    const table = tableOf({}, observed);
    for (const [bid, bidSize, ask, askSize] of golden.observations) {
      const value = microPriceTicks(table, bid, bidSize, ask, askSize);
      expect(microPriceTicks(table, bid, askSize, ask, bidSize)).toBe(bidSize === askSize ? 0 : -value);
    }
  });

  test('is unknown where a side of the book is not there', () => {
    const table = { tick: 1, ticks: [[0.5]] };
    for (const [bid, bidSize, ask, askSize] of [
      [Number.NaN, 0, 101, 3],
      [100, 3, Number.NaN, 0],
      [Number.NaN, 0, Number.NaN, 0],
      [100, Number.NaN, 101, 3],
    ])
      expect(microPriceTicks(table, bid!, bidSize!, ask!, askSize!)).toBeNaN();
    expect(microPriceTicks(table, 100, 0, 101, 0)).toBe(0);
  });

  test('as a feature is the table at each bar, in ticks', () => {
    const training = { from: 0, to: 400 };
    const [values] = columnsOf(microPrice(), observed, training);
    const table = tableOf({}, observed, training);
    for (const [row, [bid, bidSize, ask, askSize]] of golden.observations.entries())
      expect(values![row]).toBe(microPriceTicks(table, bid, bidSize, ask, askSize));
  });

  test('refuses data without quotes, and what is no fit', () => {
    const { columns: _, ...without } = snapshots([[100, 3, 101, 1]]);
    expect(() => fitFeatures(microPrice(), { ...without, columns: [{}] }, { from: 0, to: 1 })).toThrow(/needs the column bid1/);
    expect(() => parseMicroPrices([{ tick: 1, ticks: [] }], 1)).toThrow(expect.objectContaining({ code: 'data_invalid' }));
    expect(() => microPrice({ bins: 5 })).toThrow(expect.objectContaining({ code: 'config_invalid' }));
  });
});
