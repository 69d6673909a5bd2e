import { describe, expect, test } from 'vitest';
import { createRng } from '../core/rng.ts';
import { alignAsOf, parseAlignment } from './align-as-of.ts';
import { sessionCalendars } from './calendars/index.ts';
import { type BarBlock, type BarStream, mapColumns } from './stream.ts';

const calendar = sessionCalendars['us-equities'];
const barMs = 60_000;
const start = Date.parse('2024-01-02T14:30Z');

/** Bars at minutes after an open; every price and column says which symbol and minute it is of. Blocks of three bars. */
function streamAt(symbol: string, offset: number, minutes: readonly number[], names: readonly string[] = []): BarStream {
  const of = (shift: number) => Float64Array.from(minutes, (minute) => offset + minute + shift);
  const whole: BarBlock = {
    time: Float64Array.from(minutes, (minute) => start + minute * barMs),
    ...{ open: of(0), high: of(0.75), low: of(-0.25), close: of(0.5), volume: of(0) },
    extra: Object.fromEntries(names.map((name, i) => [name, of(0.1 * (i + 1))])),
  };
  return {
    symbol,
    extra: names,
    blocks: function* () {
      for (let from = 0; from < minutes.length; from += 3) yield mapColumns(whole, (values) => values.subarray(from, from + 3));
    },
  };
}

function rowsOf(streams: readonly BarStream[], limitBars: number) {
  const blocks = [...alignAsOf(streams, calendar, { barMs, limitBars }).blocks()];
  return blocks.flatMap(({ time, series }) =>
    [...time].map((ms, row) => ({
      minute: (ms - start) / barMs,
      bars: series.map(({ open, high, low, close, volume, extra }) => ({
        prices: [open, high, low, close].map((values) => values[row]!),
        volume: volume[row]!,
        extra: Object.fromEntries(Object.entries(extra).map(([name, values]) => [name, values[row]!])),
      })),
    })),
  );
}

describe('alignment as of a time', () => {
  test('repeats the last close with volume 0 and says how old it is', () => {
    const rows = rowsOf([streamAt('A', 1000, [0, 1, 2, 3, 4]), streamAt('B', 2000, [0, 3])], 2);
    expect(rows.map(({ minute }) => minute)).toEqual([0, 1, 2, 3, 4]);
    expect(rows.map(({ bars }) => bars[1]!.extra['barAge'])).toEqual([0, 1, 2, 0, 1]);
    expect(rows.map(({ bars }) => bars[1]!.volume)).toEqual([2000, 0, 0, 2003, 0]);
    expect(rows[2]!.bars[1]!.prices).toEqual([2000.5, 2000.5, 2000.5, 2000.5]);
    expect(rows[3]!.bars[1]!.prices).toEqual([2003, 2003.75, 2002.75, 2003.5]);
    expect(rows.map(({ bars }) => bars[0]!.extra['barAge'])).toEqual([0, 0, 0, 0, 0]);
  });

  test('leaves out rows before a first bar of the session, and beyond the limit, and counts their bars', () => {
    const aligned = alignAsOf([streamAt('A', 0, [0, 1, 2, 3, 4, 1440]), streamAt('B', 0, [1, 1441])], calendar, { barMs, limitBars: 2 });
    const minutes = [...aligned.blocks()].flatMap(({ time }) => [...time].map((ms) => (ms - start) / barMs));
    // Minute 0: B has none yet; minute 4: its last is three bars old; minute 1440: its last is of the session before.
    expect(minutes).toEqual([1, 2, 3, 1441]);
    expect(aligned.report).toMatchObject({
      rows: 4,
      filled: [1, 2],
      dropped: [
        { symbol: 'A', bars: 3, firstTimes: ['2024-01-02T14:30:00.000Z', '2024-01-02T14:34:00.000Z', '2024-01-03T14:30:00.000Z'] },
        { symbol: 'B', bars: 0 },
      ],
    });
  });

  test('counts sums of a bar as 0, keeps the last state of others, and no price of an old contract', () => {
    const names = ['ofi', 'ofi10', 'bought', 'validNs', 'spread', 'own', 'contract', 'previousOpen'];
    const rows = rowsOf([streamAt('A', 10, [0, 1]), streamAt('B', 20, [0], names)], 1);
    expect(rows[1]!.bars[1]!.extra).toEqual({
      ...{ ofi: 0, ofi10: 0, bought: 0, validNs: 0 },
      ...{ spread: 20.5, own: 20.6, contract: 20.7, previousOpen: Number.NaN, barAge: 1 },
    });
  });

  test('looks back only: whatever comes after a time, every row until then stays as it is', () => {
    const rng = createRng('as of');
    const minutes = (share: number) => Array.from({ length: 120 }, (_, minute) => minute).filter(() => rng.uniform() < share);
    const kept = [minutes(0.6), minutes(0.4), minutes(0.5)];
    const symbols = ['A', 'B', 'C'];
    const alignUntil = (last: number, after: (own: readonly number[]) => readonly number[]) =>
      rowsOf(
        symbols.map((symbol, k) =>
          streamAt(symbol, 1000 * k, [...kept[k]!.filter((minute) => minute <= last), ...after(kept[k]!)], ['own']),
        ),
        3,
      );
    const whole = rowsOf(
      symbols.map((symbol, k) => streamAt(symbol, 1000 * k, kept[k]!, ['own'])),
      3,
    );
    expect(whole.length).toBeGreaterThan(60);
    for (let last = 20; last < 120; last += 7) {
      const expected = whole.filter(({ minute }) => minute <= last);
      const cut = alignUntil(last, () => []);
      const other = alignUntil(last, () => [200, 203, 204]).filter(({ minute }) => minute <= last);
      expect(cut).toEqual(expected);
      expect(other).toEqual(expected);
    }
  });

  test('of complete symbols is the alignment by common times with ages of 0', () => {
    const rows = rowsOf([streamAt('A', 10, [0, 1, 2, 390]), streamAt('B', 20, [0, 1, 2, 390])], 5);
    expect(rows.map(({ minute }) => minute)).toEqual([0, 1, 2, 390]);
    expect(rows.every(({ bars }) => bars.every(({ extra }) => extra['barAge'] === 0))).toBe(true);
  });

  test('gives blocks of any length: many rows arrive whole and in order', () => {
    const minutes = Array.from({ length: 9000 }, (_, i) => 1440 * Math.floor(i / 391) + (i % 391)).filter(
      (minute) => calendar.sessionAt(start + minute * barMs) !== null,
    );
    const rows = rowsOf(
      [
        streamAt('A', 0, minutes),
        streamAt(
          'B',
          0,
          minutes.filter((minute) => minute % 1440 === 0 || minute % 2 === 0),
        ),
      ],
      1,
    );
    expect(rows.map(({ minute }) => minute)).toEqual(minutes);
    expect(rows.every(({ minute, bars }) => bars[1]!.extra['barAge'] === (minute % 2 === 0 ? 0 : 1))).toBe(true);
  });

  test('refuses bars of a day, a source that was aligned before, and symbols that never meet', () => {
    const [a, b] = [streamAt('A', 0, [0]), streamAt('B', 0, [5])];
    const refusal = (streams: readonly BarStream[], length = barMs) => {
      try {
        alignAsOf(streams, calendar, { barMs: length, limitBars: 2 });
      } catch (error) {
        return String(error);
      }
      return 'none';
    };
    expect(refusal([a, b])).toMatch(/at no time has each of A and B a bar of the last 2/);
    expect(refusal([a, a], 86_400_000)).toMatch(/one bar of a day/);
    expect(refusal([streamAt('A', 0, [0], ['barAge']), a])).toMatch(/A has a column barAge already/);
  });

  test('is declared with its limit', () => {
    expect(parseAlignment('common')).toEqual({ kind: 'common' });
    expect(parseAlignment('asof:5')).toEqual({ kind: 'asof', limitBars: 5 });
    for (const text of ['asof', 'asof:0', 'asof:-1', 'asof:1.5', 'asof:99999', 'nearest:2', ''])
      expect(() => parseAlignment(text), text).toThrow(expect.objectContaining({ code: 'usage', hint: expect.stringContaining('asof:5') }));
  });
});
