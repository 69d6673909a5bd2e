import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import type { Observation } from '../trial/history.ts';
import { bestSubset, spreadSubset } from './best-subset.ts';
import { bestTrials } from './best-trials.ts';
import { hypervolume } from './hypervolume.ts';
import { dominates, dominationRanks, type Losses, paretoFront } from './pareto.ts';

/** Points on a coarse grid, so that ties, duplicates and dominated points abound. */
function gridPoints(objectives: number, most: number): fc.Arbitrary<readonly Losses[]> {
  return fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: objectives, maxLength: objectives }), {
    minLength: 1,
    maxLength: most,
  });
}

const anyPoints = fc.integer({ min: 1, max: 4 }).chain((objectives) => gridPoints(objectives, 30));

/** So many that a tree is made of them, on a front or anywhere, with infinities and equal points. */
const manyPoints = fc
  .record({ objectives: fc.integer({ min: 1, max: 5 }), n: fc.integer({ min: 60, max: 300 }), seed: fc.nat(), isFront: fc.boolean() })
  .map(({ objectives, n, seed, isFront }): readonly Losses[] => {
    const rng = createRng(seed);
    const points = Array.from({ length: n }, () => Array.from({ length: objectives }, () => rng.uniform()));
    const onFront = (point: readonly number[]): Losses => [...point.slice(1), -point.slice(1).reduce((sum, loss) => sum + loss, 0)];
    const infinite = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const some = isFront ? points.map(onFront) : points;
    return some.map((point, i) => (i % 7 === 3 ? some[i - 1]! : i % 11 === 5 ? point.with(i % objectives, infinite[i % 2]!) : point));
  });

describe('fronts', () => {
  test('a point is on the front exactly if no other dominates it', () => {
    fc.assert(
      fc.property(anyPoints, (points) => {
        const front = points.flatMap((point, i) => (points.some((other) => dominates(other, point)) ? [] : [i]));
        expect(paretoFront(points)).toEqual(front);
      }),
      { seed: 1 },
    );
    fc.assert(
      fc.property(manyPoints, (points) => {
        const front = points.flatMap((point, i) => (points.some((other) => dominates(other, point)) ? [] : [i]));
        expect(paretoFront(points)).toEqual(front);
      }),
      { seed: 6 },
    );
  });

  test.each([2, 3, 4])('a front of %i objectives on which all points are is not found by comparing each with each', (objectives) => {
    const n = 3000;
    const rng = createRng(7);
    let reads = 0;
    const points = Array.from({ length: n }, () => {
      const losses = Array.from({ length: objectives - 1 }, () => rng.uniform());
      const point: Losses = [...losses, -losses.reduce((sum, loss) => sum + loss, 0)];
      return new Proxy(point, {
        get: (target, key) => {
          reads += 1;
          return Reflect.get(target, key);
        },
      });
    });
    expect(paretoFront(points)).toHaveLength(n);
    // Sorting takes some log2(3000) = 12 comparisons a point and objective; each with each would be 4.5 million.
    expect(reads).toBeLessThan(200 * n);
  });

  test.each([
    ['few points', anyPoints],
    ['so many that a tree is made of them', manyPoints],
  ])('ranks of %s are what peeling off front after front gives', (_, any) => {
    fc.assert(
      fc.property(any, (points) => {
        const ranks: number[] = [];
        let rest = points.map((_, i) => i);
        for (let rank = 0; rest.length > 0; rank++) {
          const front = rest.filter((i) => !rest.some((other) => dominates(points[other]!, points[i]!)));
          for (const i of front) ranks[i] = rank;
          rest = rest.filter((i) => !front.includes(i));
        }
        expect([...dominationRanks(points)]).toEqual(ranks);
      }),
      { seed: 2 },
    );
  });

  test.each([3, 5])('ranks of 20,000 points with %i objectives are not found by comparing each with each', (objectives) => {
    const rng = createRng(8);
    let reads = 0;
    // Fronts one behind the other: on each every point is worse by a bit than one of the front before.
    const first = Array.from({ length: 2000 }, () => {
      const losses = Array.from({ length: objectives - 1 }, () => rng.uniform());
      return [...losses, -losses.reduce((sum, loss) => sum + loss, 0)];
    });
    const points = Array.from({ length: 20_000 }, (_, i) => first[i % 2000]!.map((loss) => loss + Math.floor(i / 2000) / 1024)).map(
      (point): Losses =>
        new Proxy(point, {
          get: (target, key) => {
            reads += 1;
            return Reflect.get(target, key);
          },
        }),
    );
    expect([...dominationRanks(points)]).toEqual(points.map((_, i) => Math.floor(i / 2000)));
    expect(reads).toBeLessThan(100 * points.length);
  });
});

test('the hypervolume of 20,100 points of a front is computed as well', () => {
  // Every point of a grid with the sum 199: the cells below it are those whose sum is at least that.
  const side = 199;
  const points: Losses[] = [];
  for (let x = 0; x <= side; x++) for (let y = 0; x + y <= side; y++) points.push([x, y, side - x - y]);
  let below = 0;
  for (let sum = 0; sum < side; sum++) below += ((sum + 1) * (sum + 2)) / 2;
  expect(points).toHaveLength(20_100);
  expect(hypervolume(points, [side + 1, side + 1, side + 1])).toBe((side + 1) ** 3 - below);
});

test('the hypervolume of a point that is infinitely good is infinite', () => {
  const best = [Number.NEGATIVE_INFINITY, 0, 0];
  expect(hypervolume([best, [0, -1, -1], [-1, -2, 0]], [1, 1, 1])).toBe(Number.POSITIVE_INFINITY);
  expect(hypervolume([best, [0, 0, 0]], [1, 1, 0])).toBe(0);
});

test.each([1, 2, 3, 4, 5])('the hypervolume with %i objectives is what counting cells gives', (objectives) => {
  fc.assert(
    fc.property(gridPoints(objectives, 12), (points) => {
      let cells = 0;
      for (let code = 0; code < 6 ** objectives; code++) {
        const cell = Array.from({ length: objectives }, (_, i) => Math.floor(code / 6 ** i) % 6);
        if (points.some((point) => point.every((loss, i) => loss <= cell[i]!))) cells++;
      }
      expect(hypervolume(points, new Array<number>(objectives).fill(6))).toBe(cells);
    }),
    { seed: 3 },
  );
});

describe('subsets', () => {
  test('each point selected is the one that adds the most volume to those before it', () => {
    fc.assert(
      fc.property(gridPoints(3, 14), (grid) => {
        const points = [...new Set(grid.map((point) => point.join()))].map((text) => text.split(',').map(Number));
        const count = Math.ceil(points.length / 2);
        const reference = points[0]!.map((_, i) => Math.max(...points.map((point) => point[i]!)) * 1.1 || 1e-12);
        const volume = (some: readonly number[]): number =>
          hypervolume(
            some.map((i) => points[i]!),
            reference,
          );
        const selected = spreadSubset(points, count);
        expect(new Set(selected).size).toBe(count);
        if (count === points.length) return;
        selected.forEach((_, at) => {
          const before = selected.slice(0, at);
          const most = Math.max(...points.map((_point, i) => volume([...before, i])));
          expect(volume(selected.slice(0, at + 1))).toBeCloseTo(most, 9);
        });
      }),
      { seed: 4 },
    );
  });

  test('as many as asked for, the better ranks first', () => {
    fc.assert(
      fc.property(anyPoints, fc.nat({ max: 35 }), (points, count) => {
        const ranks = dominationRanks(points);
        const subset = bestSubset(points, count);
        expect(subset).toHaveLength(Math.min(count, points.length));
        expect(subset).toEqual([...new Set(subset)].sort((a, b) => a - b));
        const worstTaken = Math.max(-1, ...subset.map((i) => ranks[i]!));
        points.forEach((_, i) => {
          if (ranks[i]! < worstTaken) expect(subset).toContain(i);
        });
      }),
      { seed: 5 },
    );
  });
});

describe('best trials', () => {
  const complete = (number: number, values: readonly number[], constraints: readonly number[] = []): Observation => ({
    state: 'complete',
    number,
    params: {},
    value: values[0]!,
    values,
    constraints,
  });
  const numbers = (some: readonly Observation[]): readonly number[] => some.map(({ number }) => number);

  test('with one objective it is the first of the best, with several the Pareto set', () => {
    const trials = [complete(0, [2, 1]), complete(1, [1, 2]), complete(2, [3, 3]), complete(3, [1, 2]), complete(4, [Number.NaN, 0])];
    expect(numbers(bestTrials(trials, ['minimize']))).toEqual([1]);
    expect(numbers(bestTrials(trials, ['minimize', 'minimize']))).toEqual([0, 1, 3, 4]);
    expect(numbers(bestTrials(trials, ['minimize', 'maximize']))).toEqual([1, 2, 3]);
  });

  test('a trial that violates a constraint, or whose constraint is unknown, is none of them', () => {
    const trials = [complete(0, [0], [0.1]), complete(1, [1], [Number.NaN]), complete(2, [2], [0, -1])];
    expect(numbers(bestTrials(trials, ['minimize']))).toEqual([2]);
    expect(bestTrials(trials.slice(0, 2), ['minimize'])).toEqual([]);
  });
});
