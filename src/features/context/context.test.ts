import { describe, expect, test } from 'vitest';
import { columnsOf } from '../../../tests/fixtures/feature-columns.ts';
import { alignedBars } from '../../market/bars.ts';
import { usEquities } from '../../market/calendars/us-equities.ts';
import { minuteMs } from '../../market/local-time.ts';
import { featureSetOf } from '../choice.ts';

/** Bars of two sessions (a half day and a full one), price 100 + the minute, 10 shares a minute; `missing` minutes of the first are left out. */
function bars(missing: readonly number[] = [], contractFrom?: number) {
  const minutes = (date: string, count: number, without: readonly number[]) => {
    const { openMs } = usEquities.sessionOf(date)!;
    return Array.from({ length: count }, (_, minute) => minute)
      .filter((minute) => !without.includes(minute))
      .map((minute) => ({ time: openMs + minute * minuteMs, minute, date }));
  };
  const rows = [...minutes('2023-11-24', 211, missing), ...minutes('2023-11-27', 60, [])];
  const price = Float64Array.from(rows, ({ minute }) => 100 + minute);
  return alignedBars({
    symbols: ['A'],
    time: Float64Array.from(rows, ({ time }) => time),
    session: Float64Array.from(rows, ({ date }) => (date === '2023-11-24' ? 0 : 1)),
    bars: [{ open: price, high: price.map((x) => x + 1), low: price, close: price.map((x) => x + 0.5), volume: price.map(() => 10) }],
    barMs: minuteMs,
    calendar: usEquities,
    contracts: [
      contractFrom === undefined
        ? null
        : {
            names: ['A', 'B'],
            index: Float64Array.from(rows, (_, row) => (row < contractFrom ? 0 : 1)),
            previousOpen: new Float64Array(rows.length).fill(Number.NaN),
          },
    ],
  });
}

const contextOf = (id: string, of: ReturnType<typeof bars>) => columnsOf(featureSetOf(id), of);

describe('context-15m@1', () => {
  test('sees a bar from its last minute on, and not a minute before', () => {
    const [returns, range, mean, , age] = contextOf('context-15m@1', bars());
    expect([13, 14, 15, 28, 29].map((row) => returns![row])).toEqual(
      [0, Math.log(114.5 / 100), Math.log(114.5 / 100), Math.log(114.5 / 100), Math.log(129.5 / 114.5)].map((x) => expect.closeTo(x, 12)),
    );
    expect(range![14]).toBeCloseTo((115 - 100) / 114.5, 12);
    expect(mean![29]).toBeCloseTo(129.5 / 122 - 1, 12);
    expect([14, 15, 28, 29].map((row) => age![row])).toEqual([0, 1 / 15, 14 / 15, 0]);
  });

  test('is not delayed by missing minutes: the next bar there is shows it', () => {
    const returns = contextOf('context-15m@1', bars([14, 15]))[0]!;
    // Minute 16 is the first after the gap: row 14.
    expect([13, 14].map((row) => returns[row])).toEqual([0, expect.closeTo(Math.log(113.5 / 100), 12)]);
  });

  test('sees a bar that the session cuts short from the next session on, and counts its age from the open', () => {
    const [returns, , , , age] = contextOf('context-15m@1', bars());
    // The auction bar of 13:00 on the half day begins a bar of one minute.
    expect(returns![210]).toBeCloseTo(Math.log(309.5 / 294.5), 12);
    expect([211, 212].map((row) => returns![row])).toEqual([210, 210].map(() => expect.closeTo(Math.log(310.5 / 309.5), 12)));
    expect([210, 211, 212].map((row) => age![row])).toEqual([1 / 15, 1 / 15, 2 / 15]);
    // The first bar of the new session counts from its own open.
    expect(returns![225]).toBeCloseTo(Math.log(114.5 / 100), 12);
  });

  test('refuses bars that do not divide it', () => {
    expect(() => contextOf('context-5m@1', { ...bars(), barMs: 2 * minuteMs })).toThrow(/needs bars that 5 minutes are a multiple of/);
    expect(() => contextOf('context-5m@1', { ...bars(), barMs: 5 * minuteMs })).toThrow(/multiple/);
  });
});

describe('context-1d@1', () => {
  test('sees a session from the next one on', () => {
    const [returns, range, mean, volume] = contextOf('context-1d@1', bars());
    expect([210, 211].map((row) => returns![row])).toEqual([0, expect.closeTo(Math.log(310.5 / 100), 12)]);
    expect(range![211]).toBeCloseTo(211 / 310.5, 12);
    expect([mean![211], volume![211]]).toEqual([0, 0]);
  });

  test('of another contract begins anew', () => {
    const three = bars();
    const third = { ...three, session: three.session.map((session, row) => (row > 240 ? 2 : session)) };
    expect(contextOf('context-1d@1', third)[0]![250]).toBeCloseTo(Math.log(129.5 / 310.5), 12);
    const rolled = { ...third, contracts: bars([], 211).contracts };
    expect(contextOf('context-1d@1', rolled)[0]![250]).toBeCloseTo(Math.log(129.5 / 100), 12);
  });
});
