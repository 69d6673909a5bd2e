import { describe, expect, test } from 'vitest';
import { alignBars } from '../../tests/fixtures/aligned.ts';
import type { BarSeries } from './bars.ts';
import { sessionCalendars } from './calendars/index.ts';

const start = Date.parse('2024-01-02T14:30Z');

/** Bars at the given minutes; every column says which symbol and minute it is of. */
function seriesAt(symbol: string, offset: number, minutes: readonly number[]): BarSeries {
  const column = Float64Array.from(minutes, (minute) => offset + minute);
  return {
    symbol,
    time: Float64Array.from(minutes, (minute) => start + minute * 60_000),
    open: column,
    high: column,
    low: column,
    close: column,
    volume: column,
  };
}

const options = { calendar: sessionCalendars['us-equities'], barMs: 60_000 };

describe('alignment', () => {
  test('keeps the times that all symbols have, each with its own bars', () => {
    const { bars } = alignBars([seriesAt('A', 1000, [0, 1, 2, 4, 1440]), seriesAt('B', 2000, [1, 2, 3, 4, 1440, 1441])], options);
    expect([...bars.time].map((t) => (t - start) / 60_000)).toEqual([1, 2, 4, 1440]);
    expect([...bars.session]).toEqual([0, 0, 0, 1]);
    expect([...bars.bars[0]!.close]).toEqual([1001, 1002, 1004, 2440]);
    expect([...bars.bars[1]!.volume]).toEqual([2001, 2002, 2004, 3440]);
  });

  test('reports what fell out instead of filling it in', () => {
    const { report } = alignBars([seriesAt('A', 0, [0, 1, 2, 4]), seriesAt('B', 0, [1, 2, 3, 4, 5])], options);
    expect(report).toEqual({
      rows: 3,
      dropped: [
        { symbol: 'A', bars: 1, firstTimes: ['2024-01-02T14:30:00.000Z'] },
        { symbol: 'B', bars: 2, firstTimes: ['2024-01-02T14:33:00.000Z', '2024-01-02T14:35:00.000Z'] },
      ],
      missingSessions: [],
      filled: [0, 0],
    });
  });

  test('takes a single symbol as it is', () => {
    expect(alignBars([seriesAt('A', 0, [0, 1])], options).bars.time).toHaveLength(2);
  });

  test('refuses symbols without a common time', () => {
    expect(() => alignBars([seriesAt('A', 0, [0, 2]), seriesAt('B', 0, [1, 3])], options)).toThrow(/no bar time is common to A and B/);
  });
});
