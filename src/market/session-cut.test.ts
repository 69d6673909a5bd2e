import { describe, expect, test } from 'vitest';
import { collect } from '../../tests/fixtures/aligned.ts';
import type { BarSeries } from './bars.ts';
import { globexEquity } from './calendars/globex-equity.ts';
import { usEquities } from './calendars/us-equities.ts';
import { cutToSessions, dailyBars } from './session-cut.ts';
import { streamOf } from './stream.ts';

/** Bars at the given UTC times that open at 481.72 and close at 460. */
function barsAt(...times: readonly string[]): BarSeries {
  const filled = (value: number): Float64Array => new Float64Array(times.length).fill(value);
  return {
    symbol: 'A',
    time: Float64Array.from(times, (text) => Date.parse(text)),
    open: filled(481.72),
    high: filled(482),
    low: filled(459),
    close: filled(460),
    volume: filled(7),
  };
}

const kept = (series: BarSeries, auction?: 'print' | 'bar') => {
  const { stream, report } = cutToSessions(streamOf(series), usEquities, auction);
  const bars = collect(stream);
  return {
    times: Array.from(bars.time, (t) => new Date(t).toISOString().slice(5, 16)),
    close: [...bars.close],
    high: [...bars.high],
    report,
  };
};

describe('a bar that starts at the close', () => {
  test('counts as the print of the auction at its open where the file ends its day with it', () => {
    const { times, close, high, report } = kept(barsAt('2024-01-03T20:59Z', '2024-01-03T21:00Z', '2024-01-04T09:00Z', '2024-01-04T14:30Z'));
    expect(times).toEqual(['01-03T20:59', '01-03T21:00', '01-04T14:30']);
    expect(close).toEqual([460, 481.72, 460]);
    expect(high).toEqual([482, 481.72, 482]);
    expect(report).toEqual({ outside: 1, firstOutside: ['2024-01-04T09:00:00.000Z'], afterClose: 0, auctions: 1 });
  });

  test('does not count where the file goes on after it, nor on any day of a file that mostly does', () => {
    const extended = ['2024-01-03', '2024-01-04', '2024-01-05'].flatMap((day, k) => [
      `${day}T20:59Z`,
      `${day}T21:00Z`,
      ...(k === 1 ? [] : [`${day}T21:07Z`]),
    ]);
    const { times, report } = kept(barsAt(...extended));
    expect(times).toEqual(['01-03T20:59', '01-04T20:59', '01-05T20:59']);
    expect(report).toMatchObject({ outside: 2, afterClose: 3, auctions: 0 });
  });

  test('of a day with an early close counts by the calendar, in a file that was cut at 16:00 every day', () => {
    const { times, report } = kept(
      barsAt('2024-07-02T20:00Z', '2024-07-03T16:59Z', '2024-07-03T17:00Z', '2024-07-03T17:01Z', '2024-07-03T20:00Z', '2024-07-05T20:00Z'),
    );
    expect(times).toEqual(['07-02T20:00', '07-03T16:59', '07-05T20:00']);
    expect(report).toMatchObject({ outside: 2, afterClose: 1, auctions: 2 });
  });

  test('can be kept as it is', () => {
    expect(kept(barsAt('2024-01-03T20:59Z', '2024-01-03T21:00Z'), 'bar').close).toEqual([460, 460]);
  });

  test('is outside in a market without an auction', () => {
    const { report } = cutToSessions(streamOf(barsAt('2024-01-03T21:59Z', '2024-01-03T22:00Z')), globexEquity);
    expect(report).toMatchObject({ outside: 1, afterClose: 0, auctions: 0 });
  });
});

test('bars of a day start at the open of their session, whatever time their source stamps, midnight UTC of its date too', () => {
  const stamped = streamOf(barsAt('2024-01-03T05:00Z', '2024-01-04T14:30Z', '2024-01-05T21:00Z', '2024-01-06T05:00Z', '2024-01-08T00:00Z'));
  const { time } = collect(dailyBars(stamped, usEquities, 86_400_000));
  expect(Array.from(time, (t) => new Date(t).toISOString().slice(5, 16))).toEqual([
    '01-03T14:30',
    '01-04T14:30',
    '01-05T14:30',
    '01-06T05:00',
    '01-08T14:30',
  ]);
  expect(dailyBars(stamped, usEquities, 3_600_000)).toBe(stamped);
});
