import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anchoredFolds, innerSplit } from './folds.ts';

describe('folds by session', () => {
  test('122 days, 60 to train, 1 purged, 15 to test: four folds from day 61 to 120', () => {
    const folds = anchoredFolds({ sessions: 122, train: 60, purge: 1, test: 15 });
    expect(folds.map(({ test: t }) => [t.from, t.to - 1])).toEqual([
      [61, 75],
      [76, 90],
      [91, 105],
      [106, 120],
    ]);
    expect(folds.map(({ train }) => [train.from, train.to])).toEqual([
      [0, 60],
      [0, 75],
      [0, 90],
      [0, 105],
    ]);
  });

  test('44 sessions, 20 to train, 1 purged, 5 to test: four folds', () => {
    expect(anchoredFolds({ sessions: 44, train: 20, purge: 1, test: 5 })).toHaveLength(4);
  });

  test('training, purge and tests never overlap, whatever the layout', () => {
    const whole = (min: number, max: number) => fc.integer({ min, max });
    fc.assert(
      fc.property(whole(1, 300), whole(1, 100), whole(0, 5), whole(1, 40), (sessions, train, purge, testSessions) => {
        fc.pre(sessions >= train + purge + testSessions);
        const folds = anchoredFolds({ sessions, train, purge, test: testSessions });
        folds.forEach((fold, k) => {
          expect(fold.test.from - fold.train.to).toBe(purge);
          expect(fold.test.from).toBe(k === 0 ? train + purge : folds[k - 1]!.test.to);
          expect(fold.train.from).toBeGreaterThanOrEqual(0);
          expect(fold.test.to).toBeLessThanOrEqual(sessions);
        });
        expect(sessions - folds.at(-1)!.test.to).toBeLessThan(testSessions);
      }),
      { seed: 1 },
    );
  });

  test('an inner validation lies at the end of the search window, behind a purge', () => {
    expect(innerSplit({ from: 0, to: 24 }, 7, 1)).toEqual({ train: { from: 0, to: 16 }, test: { from: 17, to: 24 } });
  });

  test('a layout that does not fit is refused with what it would need', () => {
    expect(() => anchoredFolds({ sessions: 20, train: 18, purge: 1, test: 5 })).toThrow('need 24 of 20');
    expect(() => anchoredFolds({ sessions: 44, train: 24, purge: 0, test: 5, folds: 5 })).toThrow('5 folds of 5 sessions do not fit');
    expect(() => anchoredFolds({ sessions: 44, train: 24.5, purge: 0, test: 5 })).toThrow('not a whole number');
    expect(() => innerSplit({ from: 0, to: 8 }, 7, 1)).toThrow('leave nothing to train on');
  });
});
