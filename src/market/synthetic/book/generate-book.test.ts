import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { BookFeed } from '../../book/feed.ts';
import { type FlowMinute, MinuteFlow } from '../../book/minute-flow.ts';
import { globexEquity } from '../../calendars/globex-equity.ts';
import { priceScale } from '../../dbn/kinds.ts';
import { generateBook } from './generate-book.ts';
import { bookParameters, mostEdge } from './parameters.ts';

interface Generated {
  readonly minutes: readonly FlowMinute[];
  readonly counts: object;
  readonly hash: string;
}

function generated(edge: number, sessions: number, seed = 7): Generated {
  const minutes: FlowMinute[] = [];
  const hash = createHash('sha256');
  const feed = new BookFeed({
    tickOf: () => bookParameters.tick * priceScale,
    sinkOf: (one) => new MinuteFlow({ ...one, calendar: globexEquity, emit: (minute) => minutes.push(minute) }),
  });
  feed.startFile('generated', 'mbo');
  generateBook({ ...bookParameters, edge }, seed, sessions, (run) => {
    hash.update(run.bytes.subarray(run.start, run.start + run.count * run.stride));
    feed.push(run);
  });
  const { counts, book } = [...feed.lanes.values()][0]!;
  feed.end(null);
  return { minutes, counts: { ...counts, ...book!.counts }, hash: hash.digest('hex') };
}

/** Each minute with the mid's change in it and in the next one of the same session, in ticks. */
function changes(minutes: readonly FlowMinute[]): readonly { readonly ofi: number; readonly own: number; readonly next: number }[] {
  const mid = ({ close }: FlowMinute): number => (close!.bidPrice + close!.askPrice) / 2 / (bookParameters.tick * priceScale);
  return minutes.slice(1, -1).flatMap((minute, i) => {
    const [before, after] = [minutes[i]!, minutes[i + 2]!];
    if (before.session !== after.session) return [];
    return [{ ofi: minute.ofi[0]!, own: mid(minute) - mid(before), next: mid(after) - mid(minute) }];
  });
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = (x: readonly number[], mx: number, y: readonly number[], my: number): number =>
    x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0);
  return product(a, meanA, b, meanB) / Math.sqrt(product(a, meanA, a, meanA) * product(b, meanB, b, meanB));
}

describe('a generated book', () => {
  const planted = generated(0.3, 8);
  const rows = changes(planted.minutes);
  const noise = 3 / Math.sqrt(rows.length);
  const column = (name: 'ofi' | 'own' | 'next', of = rows): readonly number[] => of.map((row) => row[name]);

  test('is one that the reader has nothing against: every minute has a valid book and, but for an odd one, trades', () => {
    expect(planted.counts).toMatchObject({
      outside: 0,
      doubtful: 0,
      unpriced: 0,
      unknownOrders: 0,
      repeatedOrders: 0,
      sidelessOrders: 0,
      unknownActions: 0,
    });
    expect(planted.minutes.every(({ validNs, session, time }) => validNs > (time === session.openMs ? 59.9e9 : 59.999e9))).toBe(true);
    expect(planted.minutes.filter(({ trades }) => trades === 0).length).toBeLessThan(5);
    expect(planted.minutes.every(({ spread, depth10 }) => spread >= 1 && spread < 3 && depth10 > 100)).toBe(true);
  });

  test('has order flow that foretells the next change of the mid with the planted strength, and price moves that foretell nothing', () => {
    expect(Math.abs(correlation(column('ofi'), column('next')) - 0.3)).toBeLessThan(noise);
    expect(Math.abs(correlation(column('own'), column('next')))).toBeLessThan(noise);
    expect(correlation(column('ofi'), column('own'))).toBeGreaterThan(0.4);
  });

  test('has order flow that foretells nothing at strength 0', () => {
    const none = changes(generated(0, 8).minutes);
    expect(Math.abs(correlation(column('ofi', none), column('next', none)))).toBeLessThan(noise);
    expect(correlation(column('ofi', none), column('own', none))).toBeGreaterThan(0.4);
  });

  test('moves as far as asked, farther in wild regimes', () => {
    const perHour = Array.from({ length: Math.floor(rows.length / 60) }, (_, hour) => {
      const moves = column('own', rows.slice(hour * 60, hour * 60 + 60));
      return Math.sqrt(moves.reduce((sum, move) => sum + move * move, 0) / 60);
    }).sort((a, b) => a - b);
    expect(perHour[Math.floor(perHour.length / 2)]!).toBeCloseTo(bookParameters.ticksPerMinute, 0);
    expect(perHour[Math.floor(perHour.length * 0.95)]!).toBeGreaterThan(1.3 * perHour[Math.floor(perHour.length * 0.2)]!);
  });

  test('is the same for the same seed, and another for another seed or edge', () => {
    const hashes = [generated(0.3, 1), generated(0.3, 1), generated(0.3, 1, 8), generated(0.2, 1)].map(({ hash }) => hash);
    expect(hashes[1]).toBe(hashes[0]);
    expect(new Set(hashes).size).toBe(3);
  });

  test('needs a whole number of sessions that the calendar has, and an edge that can be planted', () => {
    const run = (edge: number, sessions: number): void => generateBook({ ...bookParameters, edge }, 1, sessions, () => undefined);
    for (const sessions of [0, 1.5, Number.NaN]) expect(() => run(0.3, sessions)).toThrow(/positive whole number of sessions/);
    for (const edge of [-0.1, mostEdge, Number.NaN]) expect(() => run(edge, 1)).toThrow(/cannot be planted/);
    expect(() => run(0.3, 10_000)).toThrow(expect.objectContaining({ code: 'data_invalid' }));
  });
});
