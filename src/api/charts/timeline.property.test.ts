import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WorkerAttempts } from '../../storage/readers/chart-attempts.ts';
import { countIn, histogramOf } from './histogram.ts';
import { timeline } from './timeline.ts';

const attempt = fc.record({
  number: fc.integer({ min: 0, max: 60 }),
  worker: fc.constantFrom('a:1:cpu', 'a:2:cpu', 'b:7:gpu:0', 'odd'),
  start: fc.integer({ min: 1000, max: 9000 }),
  took: fc.option(fc.integer({ min: 0, max: 900 })),
});

type Attempt = typeof attempt extends fc.Arbitrary<infer One> ? One : never;

function piecesOf(attempts: readonly Attempt[]): readonly WorkerAttempts[] {
  return attempts.map(({ number, worker, start, took }) => ({
    worker,
    numbers: Int32Array.of(number),
    attempts: Int32Array.of(1),
    started: Float64Array.of(start),
    ended: Float64Array.of(took === null ? Number.NaN : start + took),
    endings: Int32Array.of(took === null ? 0 : 1),
  }));
}

test('the timeline: every attempt of the range in its lane, or how busy each lane was', () => {
  const bound = fc.option(fc.integer({ min: 0, max: 10_000 }));
  const now = 10_000;
  fc.assert(
    fc.property(
      fc.array(attempt, { maxLength: 200 }),
      fc.constantFrom('worker' as const, 'device' as const),
      fc.tuple(bound, bound).map(([a, b]) => (a !== null && b !== null && b <= a ? ([b, a + 1] as const) : ([a, b] as const))),
      fc.constantFrom(10, 100, 1000),
      (attempts, by, [from, until], maxPoints) => {
        const even = Int32Array.from({ length: 31 }, (_, i) => 2 * i);
        const chart = timeline(piecesOf(attempts), { trials: even, by, from, until, now, maxPoints });
        const end = ({ start, took }: Attempt): number => (took === null ? now : start + took);
        const drawn = attempts.filter(
          (one) => one.number % 2 === 0 && (until === null || one.start < until) && (from === null || end(one) >= from),
        );
        const laneOf = ({ worker }: Attempt): string => (by === 'worker' ? worker : worker.replace(/:\d+:/, ':'));
        const lanes = new Set(drawn.map(laneOf));
        expect(chart).toMatchObject({ total: 31, used: new Set(drawn.map(({ number }) => number)).size, lanesTotal: lanes.size });
        expect(new Set(chart.lanes.map(({ name }) => name))).toEqual(lanes);
        expect(chart.reduced).toBe(drawn.length > maxPoints ? 'bins' : 'none');
        if (drawn.length > 0 && from === null) expect(chart.origin).toBe(Math.min(...drawn.map(({ start }) => start)));
        for (const { name, attempts: n, spans, density } of chart.lanes) {
          const own = drawn.filter((one) => laneOf(one) === name).toSorted((a, b) => a.start - b.start || a.number - b.number);
          expect(n).toBe(own.length);
          if (spans !== undefined) {
            expect(spans.start.map((start) => start! + chart.origin)).toEqual(own.map(({ start }) => start));
            expect([...spans.number].sort((a, b) => a - b)).toEqual(own.map(({ number }) => number).sort((a, b) => a - b));
            expect(spans.end.filter((one) => one === null)).toHaveLength(own.filter(({ took }) => took === null).length);
            continue;
          }
          const width = density!.t0.length > 1 ? density!.t0[1]! : chart.until - chart.origin;
          const busy = density!.busy.reduce((sum, share) => sum + share, 0) * width;
          const inside = own.reduce(
            (sum, one) => sum + Math.max(0, Math.min(end(one), chart.until) - Math.max(one.start, chart.origin)),
            0,
          );
          expect(Math.abs(busy - inside)).toBeLessThanOrEqual(1 + inside / 100);
        }
      },
    ),
    { numRuns: 100 },
  );
});

test('a histogram counts each finite value once, between the edges of its bin', () => {
  const value = fc.oneof(fc.double({ min: -5, max: 5, noNaN: true }), fc.constantFrom(0, 1, Number.NaN, Number.POSITIVE_INFINITY));
  fc.assert(
    fc.property(fc.array(value), fc.integer({ min: 1, max: 40 }), (values, bins) => {
      const { x0, x1, n } = histogramOf(values, bins);
      const finite = values.filter(Number.isFinite);
      expect(n.reduce((sum, one) => sum + one, 0)).toBe(finite.length);
      expect(x0.slice(1)).toEqual(x1.slice(0, -1));
      for (const [i, count] of n.entries()) {
        const isLast = i === n.length - 1;
        expect(count).toBe(finite.filter((one) => (one >= x0[i]! || i === 0) && (one < x1[i]! || isLast)).length);
      }
    }),
  );
  expect(countIn([1, 2, 3], [1, 2, 3])).toEqual({ x0: [1, 2], x1: [2, 3], n: [1, 2] });
});
