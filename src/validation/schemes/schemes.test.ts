import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anchoredFolds } from '../folds.ts';
import { cpcv } from '../statistics/cpcv.ts';
import { schemeOf } from './parse.ts';
import type { SchemeLayout } from './scheme.ts';

const layout: SchemeLayout = { sessions: 60, search: 24, purge: 1, embargo: 2, test: 6, folds: 4 };
const whole = (min: number, max: number) => fc.integer({ min, max });

describe('forward schemes', () => {
  test('are the folds of the study’s layouts', () => {
    const plain = { sessions: 60, train: 23, purge: 1, test: 6, folds: 4 };
    const folds = anchoredFolds(plain).map(({ train, test: t }) => ({ train: [train], test: [t], purged: [t.from - 1], embargoed: [] }));
    expect(schemeOf('anchored')).toMatchObject({ id: 'anchored', forward: true });
    expect(schemeOf('anchored').plan(layout)).toEqual(folds);
    expect(schemeOf('rolling')).toMatchObject({ id: 'rolling', forward: true });
    expect(schemeOf('rolling').plan(layout)).toEqual(folds.map((fold, k) => ({ ...fold, train: [{ from: 6 * k, to: 6 * k + 23 }] })));
  });

  test('rolling over fewer sessions tests the same days', () => {
    const folds = schemeOf('rolling:10').plan(layout);
    expect(folds.map(({ train }) => train)).toEqual([13, 19, 25, 31].map((from) => [{ from, to: from + 10 }]));
    expect(folds.map(({ test: t }) => t)).toEqual(
      schemeOf('anchored')
        .plan(layout)
        .map(({ test: t }) => t),
    );
    expect(() => schemeOf('rolling:24').plan(layout)).toThrow(
      expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining('23 do') }),
    );
  });
});

describe('cpcv', () => {
  test('6 groups of which 2 are tested: 15 folds, the first one and one with a gap worked out by hand', () => {
    const folds = schemeOf('cpcv:6,2').plan(layout);
    expect(folds).toHaveLength(15);
    expect(folds[0]).toEqual({
      test: [
        { group: 0, from: 24, to: 28 },
        { group: 1, from: 28, to: 32 },
      ],
      // 23 is purged before the tests, 32 behind them, 33 and 34 are embargoed.
      train: [
        { from: 0, to: 23 },
        { from: 35, to: 48 },
      ],
      purged: [23, 32],
      embargoed: [33, 34],
    });
    // Groups 1 and 4: sessions 28..32 and 40..44.
    expect(folds[7]).toEqual({
      test: [
        { group: 1, from: 28, to: 32 },
        { group: 4, from: 40, to: 44 },
      ],
      train: [
        { from: 0, to: 27 },
        { from: 35, to: 39 },
        { from: 47, to: 48 },
      ],
      purged: [27, 32, 39, 44],
      embargoed: [33, 34, 45, 46],
    });
  });

  test('tests no session that the plan does not test: neither the search window nor what lies behind the last test', () => {
    const tested = schemeOf('cpcv:5,2')
      .plan(layout)
      .flatMap(({ test: t }) => t);
    expect(Math.min(...tested.map(({ from }) => from))).toBe(24);
    expect(Math.max(...tested.map(({ to }) => to))).toBe(48);
  });

  test('whatever the layout, parts rise, nothing is trained on that is tested, purged or embargoed, and every path tests each day once', () => {
    fc.assert(
      fc.property(
        whole(3, 30),
        whole(0, 3),
        whole(0, 4),
        whole(1, 9),
        whole(1, 5),
        whole(2, 7),
        whole(1, 3),
        (search, purge, embargo, size, folds, groups, k) => {
          fc.pre(k < groups && size * folds >= groups && search > purge + 1);
          const sessions = search + size * folds + 3;
          const plan = schemeOf(`cpcv:${groups},${k}`).plan({ sessions, search, purge, embargo, test: size, folds });
          const { splits, paths } = cpcv(groups, k);
          expect(plan.map(({ test: t }) => t.map(({ group }) => group))).toEqual(splits);
          for (const { train, test: t, purged, embargoed } of plan) {
            const days = (parts: readonly { from: number; to: number }[]) =>
              parts.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));
            const trained = days(train);
            expect(trained).toEqual([...new Set(trained)].sort((a, b) => a - b));
            for (const [i, part] of train.slice(1).entries()) expect(part.from).toBeGreaterThan(train[i]!.to);
            for (const { from, to } of t)
              expect(
                trained.some(
                  (day) =>
                    day >= from - purge &&
                    day < to + purge + embargo &&
                    !(day >= to && t.some((other) => day >= other.from && day < other.to)),
                ),
              ).toBe(false);
            expect(trained.length + days(t).length + purged.length + embargoed.length).toBe(search + size * folds);
          }
          for (const path of paths) {
            const days = path.flatMap((split, group) => {
              const { from, to } = plan[split]!.test.find((part) => part.group === group)!;
              return Array.from({ length: to - from }, (_, i) => from + i);
            });
            expect(days).toEqual(Array.from({ length: size * folds }, (_, i) => search + i));
          }
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });

  test('what cannot be is refused', () => {
    expect(() => schemeOf('cpcv:25,2').plan(layout)).toThrow('24 tested sessions do not make 25 groups');
    for (const text of ['cpcv', 'cpcv:6', 'cpcv:6,6', 'cpcv:2,3', 'cpcv:0,1', 'cpcv:6,2,1', 'rolling:0', 'Anchored', '', 'cpcv:1e2,2'])
      expect(() => schemeOf(text), text).toThrow(expect.objectContaining({ code: 'config_invalid' }));
  });
});
