import { describe, expect, test } from 'vitest';
import { alignedBars, type BarColumns } from '../../market/bars.ts';
import { crypto } from '../../market/calendars/around-the-clock.ts';
import type { SessionCalendar } from '../../market/calendars/calendar.ts';
import { globexEquity } from '../../market/calendars/globex-equity.ts';
import { usEquities } from '../../market/calendars/us-equities.ts';
import { sessionCounter } from '../../market/sessions.ts';
import { decisionsOf } from './market.ts';

const minute = 60_000;

/** Bars that start at the given times, which are given as a first time and a number of minutes after it. */
function barsAt(calendar: SessionCalendar, spans: readonly (readonly [string, number])[], barMs = minute) {
  const time = Float64Array.from(spans.flatMap(([first, count]) => Array.from({ length: count }, (_, i) => Date.parse(first) + i * barMs)));
  const price = new Float64Array(time.length).fill(100);
  const columns: BarColumns = { open: price, high: price, low: price, close: price, volume: price };
  return alignedBars({ symbols: ['A'], time, session: sessionCounter(calendar)(time), bars: [columns], barMs, calendar });
}

/** UTC times of the bars at whose close positions are closed. */
function closingBars(bars: ReturnType<typeof barsAt>): string[] {
  const { rows, closesSession } = decisionsOf({ bars, firstRow: 0 }, { from: 0, to: 99 });
  return [...rows].filter((_, i) => closesSession[i] === 1).map((row) => new Date(bars.time[row + 1]!).toISOString().slice(0, 16));
}

describe('a session ends', () => {
  test('with its last bar by the calendar, whatever comes after it', () => {
    const whole = barsAt(globexEquity, [
      ['2024-03-07T21:00Z', 60],
      ['2024-03-07T23:00Z', 3],
    ]);
    expect(closingBars(whole)).toEqual(['2024-03-07T21:59']);
    const cut = barsAt(globexEquity, [['2024-03-07T21:00Z', 60]]);
    expect(closingBars(cut)).toEqual(['2024-03-07T21:59']);
  });

  test('not where the data end', () => {
    expect(closingBars(barsAt(globexEquity, [['2024-03-07T21:00Z', 59]]))).toEqual([]);
    expect(closingBars(barsAt(crypto, [['2024-03-07T23:58Z', 4]]))).toEqual(['2024-03-07T23:59']);
  });

  test('with the last bar there is where the last ones are missing', () => {
    expect(
      closingBars(
        barsAt(globexEquity, [
          ['2024-03-07T21:00Z', 57],
          ['2024-03-07T23:00Z', 3],
        ]),
      ),
    ).toEqual(['2024-03-07T21:56']);
  });

  test('at the bar of the auction in data that have one, and without it at the bar before the close', () => {
    expect(closingBars(barsAt(usEquities, [['2024-03-07T20:57Z', 4]]))).toEqual(['2024-03-07T21:00']);
    expect(closingBars(barsAt(usEquities, [['2024-03-07T20:57Z', 3]]))).toEqual(['2024-03-07T20:59']);
    // The auction of the first day is missing in data that have auctions: known when the next session begins.
    expect(
      closingBars(
        barsAt(usEquities, [
          ['2024-03-07T20:57Z', 3],
          ['2024-03-08T20:57Z', 4],
        ]),
      ),
    ).toEqual(['2024-03-07T20:59', '2024-03-08T21:00']);
  });

  test('at 13:00 on the days when the exchange closes early', () => {
    expect(closingBars(barsAt(usEquities, [['2024-07-03T16:57Z', 3]]))).toEqual(['2024-07-03T16:59']);
    expect(closingBars(barsAt(globexEquity, [['2023-11-24T18:10Z', 5]]))).toEqual(['2023-11-24T18:14']);
  });

  test('with the last whole bar of any length', () => {
    expect(closingBars(barsAt(usEquities, [['2024-03-07T20:50Z', 2]], 5 * minute))).toEqual(['2024-03-07T20:55']);
    expect(closingBars(barsAt(usEquities, [['2024-03-07T20:59:30Z', 6]], 5000))).toEqual(['2024-03-07T20:59']);
    expect(closingBars(barsAt(usEquities, [['2024-03-07T19:30Z', 2]], 60 * minute))).toEqual(['2024-03-07T20:30']);
  });
});

test('sessions whose end is not known cannot be traded', () => {
  const bars = barsAt({ ...crypto, id: 'from-data', knowsClose: false }, [['2024-03-07T23:58Z', 4]]);
  expect(() => decisionsOf({ bars, firstRow: 0 }, { from: 0, to: 1 })).toThrow(
    expect.objectContaining({ code: 'config_invalid', hint: expect.stringContaining('--calendar') }),
  );
});
