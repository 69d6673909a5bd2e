import { describe, expect, test } from 'vitest';
import { type FoldStripData, layOutFolds } from './fold-strip-layout.ts';

const day = (n: number): string => new Date(Date.UTC(2024, 0, 1) + n * 86_400_000).toISOString();
const part = (start: number, end: number) => ({ start: day(start), end: day(end), sessions: end - start });

const fold = (n: number, change: Partial<FoldStripData['folds'][number]> = {}): FoldStripData['folds'][number] => ({
  fold: n,
  train: [part(0, 20 + 10 * n)],
  test: [part(21 + 10 * n, 31 + 10 * n)],
  purge: { bars: 390, sessions: 1, start: day(20 + 10 * n), end: day(21 + 10 * n) },
  embargo: null,
  seen: null,
  returns: { seed: [3, 5, 9], totalReturn: [0.02, -0.01, 0.01] },
  worst: -0.01,
  ...change,
});

const data: FoldStripData = { search: { end: day(20) }, folds: [0, 1, 2].map((n) => fold(n)) };

describe('the layout of folds', () => {
  const { rows, width, height, search, ticks } = layOutFolds(data, 900);

  test('lies within its frame, one row below the other', () => {
    for (const { train, test: tested, purge } of rows)
      for (const { x, width: own } of [...train, ...tested, purge]) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x + own).toBeLessThanOrEqual(width);
      }
    expect(rows.map(({ y }) => y)).toEqual(rows.map(({ y }) => y).toSorted((a, b) => a - b));
    for (const row of rows) for (const { y } of row.dots) expect(y > row.y && y < height).toBe(true);
    expect(ticks.length).toBeGreaterThan(1);
  });

  test('puts training, gap and test in their order, and tests one after the other', () => {
    for (const { train, test: tested, purge } of rows) {
      expect(purge.x).toBeCloseTo(train[0]!.x + train[0]!.width);
      expect(tested[0]!.x).toBeCloseTo(purge.x + purge.width);
    }
    expect(rows[1]!.test[0]!.x).toBeCloseTo(rows[0]!.test[0]!.x + rows[0]!.test[0]!.width);
    expect(search!.x + search!.width).toBeLessThanOrEqual(rows[0]!.test[0]!.x);
  });

  test('places returns on one scale for all folds, gains above losses', () => {
    const [gain, loss] = rows[0]!.dots;
    expect(gain!.y).toBeLessThan(rows[0]!.zero);
    expect(loss!.y).toBeGreaterThan(rows[0]!.zero);
    expect(rows[0]!.dots.map(({ y }) => y - rows[0]!.y)).toEqual(
      rows[2]!.dots.map(({ y }) => y - rows[2]!.y).map((y) => expect.closeTo(y, 6)),
    );
    expect(gain!.words).toBe('seed 3: 2.00 %');
    expect(rows[0]!.worst).toMatchObject({ words: '−1.00 %', lost: true });
  });

  test('says what is left out', () => {
    expect(rows[0]!.purge.words).toBe('1 session (390 bars)');
    const other = fold(0, { purge: { ...fold(0).purge, sessions: null, bars: 1 }, embargo: { bars: 780, sessions: 2 } });
    const [row] = layOutFolds({ ...data, folds: [other] }, 900).rows;
    expect([row!.purge.words, row!.embargo]).toEqual(['1 bar', '2 sessions (780 bars)']);
  });
});

test('a fold that is not evaluated yet has no returns, one that the search saw says so', () => {
  const waiting = fold(0, { returns: { seed: [3], totalReturn: [null] }, worst: null });
  const seen = fold(1, { seen: 'its test begins before the search ended' });
  const { rows } = layOutFolds({ search: null, folds: [waiting, seen] }, 320);
  expect(rows[0]).toMatchObject({ dots: [], worst: null, seen: null });
  expect(rows[1]!.seen).toContain('before the search ended');
});

test('a seed whose return is no number, or infinite, is drawn and makes the worst what it is', () => {
  const odd = fold(0, { returns: { seed: [3, 5, 9], totalReturn: [0.02, null, 0.01] }, worst: null });
  const laid = (said: 'NaN' | '-Infinity') =>
    layOutFolds({ search: null, folds: [odd], nonFinite: { 'folds.0.returns.totalReturn.1': said, 'folds.0.worst': said } }, 600).rows[0]!;
  const unknown = laid('NaN');
  expect(unknown.dots.map(({ words, odd: marked }) => [words, marked])).toEqual([
    ['seed 3: 2.00 %', false],
    ['seed 5: unknown', true],
    ['seed 9: 1.00 %', false],
  ]);
  expect(unknown.dots[1]!.y).toBe(unknown.zero);
  expect(unknown.worst).toMatchObject({ words: 'unknown', lost: true });
  const lost = laid('-Infinity');
  expect(lost.worst).toMatchObject({ words: '−∞', lost: true });
  expect(lost.worst!.y + lost.worst!.height).toBeCloseTo(lost.dots[1]!.y);
});

test('combinatorial folds have several parts, also training behind a test', () => {
  const { rows } = layOutFolds(
    { search: null, folds: [fold(0, { train: [part(0, 10), part(40, 50)], test: [part(11, 20), part(30, 39)] })] },
    600,
  );
  expect(rows[0]!.train).toHaveLength(2);
  expect(rows[0]!.test).toHaveLength(2);
});
