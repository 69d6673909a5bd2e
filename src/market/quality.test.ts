import { describe, expect, test } from 'vitest';
import type { BarSeries } from './bars.ts';
import { sessionCalendars } from './calendars/index.ts';
import { isOhlcConsistent, qualityOf } from './quality.ts';
import { streamOf } from './stream.ts';

/** [minutes after 09:30 on the 2nd of January, open, high, low, close, volume] */
type Row = readonly [number, number, number, number, number, number];

function seriesOf(rows: readonly Row[]): BarSeries {
  const column = (index: number): Float64Array => Float64Array.from(rows, (row) => row[index]!);
  const start = Date.parse('2024-01-02T14:30Z');
  return {
    symbol: 'ABC',
    time: column(0).map((minutes) => start + minutes * 60_000),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  };
}

const report = (rows: readonly Row[]) => qualityOf(streamOf(seriesOf(rows)), sessionCalendars['us-equities'], 60_000);
const good = (minutes: number): Row => [minutes, 10, 11, 9, 10, 100];
const day = 1440;

describe('the quality report', () => {
  test('counts nothing wrong in good bars', () => {
    expect(report([good(0), good(1), good(day), good(day + 1), good(day + 2)])).toEqual({
      symbol: 'ABC',
      rows: 5,
      sessions: 2,
      first: '2024-01-02T14:30:00.000Z',
      last: '2024-01-03T14:32:00.000Z',
      barsPerSession: { min: 2, max: 3, expected: 390 },
      shortSessions: {
        count: 2,
        first: [
          { date: '2024-01-02', bars: 2, expected: 390 },
          { date: '2024-01-03', bars: 3, expected: 390 },
        ],
      },
      absentSessions: { count: 0, first: [] },
      gaps: { count: 0, missingBars: 0, longestBars: 0 },
      duplicates: 0,
      outOfOrder: 0,
      outsideSession: 0,
      badOhlc: 0,
      zeroVolume: 0,
      badVolume: 0,
      jumps: 0,
      huge: 0,
      splits: [],
    });
  });

  test('counts gaps within a session but not between sessions', () => {
    expect(report([good(0), good(2), good(6), good(day + 30)]).gaps).toEqual({ count: 2, missingBars: 4, longestBars: 3 });
  });

  test('counts duplicates, disorder and bars outside the session', () => {
    const { duplicates, outOfOrder, outsideSession } = report([good(5), good(5), good(4), good(-1)]);
    expect({ duplicates, outOfOrder, outsideSession }).toEqual({ duplicates: 1, outOfOrder: 2, outsideSession: 1 });
  });

  test('counts bad prices and volumes, NaN among them', () => {
    const { badOhlc, zeroVolume, badVolume } = report([
      [0, 10, 9, 8, 9, 0],
      [1, 10, 11, 10.5, 10, -1],
      [2, Number.NaN, 11, 9, 10, Number.NaN],
      [3, 10, 11, 0, 10, 100],
      [4, 10, Number.POSITIVE_INFINITY, 9, 10, 100],
    ]);
    expect({ badOhlc, zeroVolume, badVolume }).toEqual({ badOhlc: 5, zeroVolume: 1, badVolume: 2 });
  });

  test('is defined for no bars at all', () => {
    expect(report([])).toMatchObject({ rows: 0, sessions: 0, first: null, last: null, barsPerSession: { min: 0, max: 0 } });
  });

  test('takes a bar without any range as consistent', () => {
    expect(isOhlcConsistent(10, 10, 10, 10)).toBe(true);
  });
});
