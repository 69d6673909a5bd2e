import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TimelineChart } from '../../api/routes/charts/timeline.ts';
import { covered, movedRange, rowsOf, timelineFinding, timelineScene, timelineTable } from './timeline.ts';

const span = fc
  .tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 30 }))
  .map(([start, length]) => ({ start, end: start + length }));

test('spans of one row never overlap, and there are no more rows than spans under way at once', () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 40 }), (spans) => {
      const rows = rowsOf(spans);
      spans.forEach((a, i) => {
        spans.forEach((b, k) => {
          if (i < k && rows[i] === rows[k]) expect(a.end <= b.start || b.end <= a.start).toBe(true);
        });
      });
      const atOnce = Math.max(
        0,
        ...spans.map(({ start }) => spans.filter((other) => other.start <= start && (other.end > start || other.start === start)).length),
      );
      expect(Math.max(0, ...rows.map((row) => row + 1))).toBeLessThanOrEqual(atOnce);
    }),
  );
});

test('time is covered once however many spans lie over it, and only within the range', () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 20 }), (spans) => {
      const plain = Array.from({ length: 60 }, (_, i) => 20 + i).filter((at) =>
        spans.some(({ start, end }) => start <= at && end > at),
      ).length;
      expect(covered(spans, 20, 80)).toBe(plain);
    }),
  );
});

const chart: TimelineChart = {
  ...{ revision: 1, total: 4, used: 4, shown: 4, reduced: 'none', by: 'worker', origin: 1000, until: 2000, lanesTotal: 2 },
  lanes: [
    {
      name: 'one',
      attempts: 3,
      spans: { number: [0, 1, 2], attempt: [1, 1, 1], start: [0, 100, 500], end: [400, 300, null], ending: ['c', 'l', 'r'] },
    },
    { name: 'two', attempts: 1, spans: { number: [1], attempt: [2], start: [400], end: [600], ending: ['p'] } },
  ],
};

test('lanes lie from the top, attempts that overlap in rows of their own, and what runs ends now', () => {
  const { series, rows, axes, attempts } = timelineScene(chart);
  expect(rows).toBe(3);
  expect(axes.y.labels).toEqual(['two', '', 'one']);
  expect(series.map(({ name }) => name)).toEqual(['complete', 'pruned', 'lease lost', 'running']);
  expect(series[0]).toMatchObject({ x0: [1000], x1: [1400], y: [2], ids: [0], look: 'solid' });
  expect(series[2]).toMatchObject({ y: [1], look: 'dashed' });
  expect(series[3]).toMatchObject({ x0: [1500], x1: [2000], look: 'open' });
  expect(attempts[1]).toMatchObject([{ lane: 'two', number: 1, attempt: 2 }]);
});

test('the finding says how busy the lanes were and what was lost', () => {
  expect(timelineFinding(chart)).toBe(
    '2 workers, 4 attempts in 1.0 s; on average busy 55.00 % of the time. One lease was lost. 1 still runs.',
  );
  expect(timelineFinding({ ...chart, lanes: [], lanesTotal: 0 })).toBe('No attempt began in this range.');
  expect(timelineTable(chart).rows[1]).toEqual(['one', 1, 1, '1970-01-01T00:00:01.100Z', '1970-01-01T00:00:01.300Z', 'lease lost']);
  expect(timelineTable(chart).rows[2]![4]).toBeNull();
});

test('too many attempts are drawn as how busy each lane was', () => {
  const dense: TimelineChart = {
    ...chart,
    reduced: 'bins',
    lanesTotal: 1,
    lanes: [{ name: 'one', attempts: 9000, density: { t0: [0, 500], busy: [1, 4] } }],
  };
  expect(timelineScene(dense).series).toMatchObject([{ kind: 'cells', x0: [1000, 1500], x1: [1500, 2000], shade: [0.25, 1] }]);
  expect(timelineFinding(dense)).toContain('9,000 attempts');
  expect(timelineTable(dense).rows).toHaveLength(2);
});

test('a range goes closer, wider, earlier and later and never loses its width', () => {
  expect(movedRange([1000, 2000], 'in')).toEqual([1250, 1750]);
  expect(movedRange([1000, 2000], 'out')).toEqual([500, 2500]);
  expect(movedRange([1000, 2000], 'earlier')).toEqual([500, 1500]);
  expect(movedRange([1000, 2000], 'later')).toEqual([1500, 2500]);
  expect(movedRange([0, 1], 'in')[1]).toBeGreaterThan(0);
});
