import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
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

describe('fronts', () => {
  test('a point is on the front exactly if no other dominates it', () => {
    fc.assert(
      fc.property(anyPoints, (points) => {
        const front = points.flatMap((point, i) => (points.some((other) => dominates(other, point)) ? [] : [i]));
        expect(paretoFront(points)).toEqual(front);
      }),
      { seed: 1 },
    );
  });

  test('ranks are what peeling off front after front gives', () => {
    fc.assert(
      fc.property(anyPoints, (points) => {
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
});

test.each([1, 2, 3, 4])('the hypervolume with %i objectives is what counting cells gives', (objectives) => {
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
