import { describe, expect, test } from 'vitest';
import { inferBarLength, lengthText, offGridBars, parseBarLength } from './bar-length.ts';
import { crypto } from './calendars/around-the-clock.ts';
import { usEquities } from './calendars/us-equities.ts';
import { streamOf } from './stream.ts';

const second = 1000;
const open = Date.parse('2024-01-02T14:30Z');
const at = (...times: readonly number[]) => {
  const time = Float64Array.from(times);
  return streamOf({ symbol: 'A', time, open: time, high: time, low: time, close: time, volume: time });
};
const every = (ms: number, n: number, without: readonly number[] = []): number[] =>
  Array.from({ length: n }, (_, k) => k).flatMap((k) => (without.includes(k) ? [] : [open + k * ms]));

describe('the length of bars', () => {
  test.each([5 * second, 10 * second, 60 * second, 300 * second, 900 * second, 3600 * second])('of %i ms is the commonest step', (ms) => {
    expect(inferBarLength(at(...every(ms, 20, [3, 7, 8])), crypto, 'f')).toEqual({ barMs: ms, share: expect.closeTo(0.87, 1) });
  });

  test('of a day is seen between sessions, over weekends and changes of the clocks', () => {
    const days = ['2024-03-06', '2024-03-07', '2024-03-08', '2024-03-11', '2024-03-12'].map((date) => usEquities.sessionOf(date)!.openMs);
    expect(inferBarLength(at(...days), usEquities, 'f').barMs).toBe(86_400_000);
  });

  test('of less than 5 seconds or more than a day is refused, as is a single bar and a mixture', () => {
    expect(() => inferBarLength(at(...every(second, 9)), crypto, 'f')).toThrow(/1s apart; bars of 5 seconds to 1 day/);
    expect(() => inferBarLength(at(...every(7 * 86_400_000, 9)), crypto, 'f')).toThrow(/7d apart/);
    expect(() => inferBarLength(at(open), crypto, 'f')).toThrow(/from a single bar/);
    expect(() => inferBarLength(at(open, open + 60_000, open + 180_000, open + 480_000), crypto, 'f')).toThrow(
      /no length of the bars prevails/,
    );
  });

  test('is written and read with its unit', () => {
    for (const text of ['5s', '10s', '1m', '5m', '90m', '4h', '1d']) expect(lengthText(parseBarLength(text))).toBe(text);
    for (const text of ['4s', '2d', '0m', '1w', '5', 'm', '1.5h'])
      expect(() => parseBarLength(text)).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(lengthText(59_999)).toBe('59999 ms');
  });
});

test('bars beside the grid of their length are counted; an auction and hours from the open or of the clock are on it', () => {
  const minutes = (...times: readonly number[]) => at(...times.map((minute) => open + minute * 60_000));
  expect(offGridBars(minutes(0, 5, 10, 390), usEquities, 300_000)).toEqual({ count: 0, first: null });
  expect(offGridBars(minutes(0, 60, 120), usEquities, 3_600_000).count).toBe(0);
  expect(offGridBars(minutes(30, 90, 150), usEquities, 3_600_000).count).toBe(0);
  expect(offGridBars(at(open - 1 + 60_000, open + 120_000), usEquities, 60_000)).toEqual({ count: 1, first: '2024-01-02T14:30:59.999Z' });
});
