import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dominates } from '../../objectives/pareto.ts';
import type { Observation } from '../../trial/history.ts';
import { crowdingDistances, nonDominatedFronts } from './fronts.ts';
import { populationOf } from './population.ts';

const loss = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(Number.POSITIVE_INFINITY));
const points = fc
  .integer({ min: 1, max: 4 })
  .chain((objectives) => fc.array(fc.array(loss, { minLength: objectives, maxLength: objectives }), { maxLength: 40 }));

describe('fronts', () => {
  test('match repeated removal of the non-dominated points', () => {
    fc.assert(
      fc.property(points, (some) => {
        let rest = some.map((_, i) => i);
        const peeled: number[][] = [];
        while (rest.length > 0) {
          const front = rest.filter((i) => !rest.some((j) => dominates(some[j]!, some[i]!)));
          peeled.push(front);
          rest = rest.filter((i) => !front.includes(i));
        }
        expect(nonDominatedFronts(some).map((front) => [...front].sort((a, b) => a - b))).toEqual(peeled);
      }),
      { seed: 20_260_821 },
    );
  });

  test('distances to the neighbours, computed by hand', () => {
    const front = [
      [0, 10],
      [1, 6],
      [2, 5],
      [4, 0],
    ];
    expect([...crowdingDistances(front)]).toEqual([Number.POSITIVE_INFINITY, 2 / 4 + 5 / 10, 3 / 4 + 6 / 10, Number.POSITIVE_INFINITY]);
  });

  test('an objective with zero or infinite spread adds neither distance nor NaN', () => {
    expect([
      ...crowdingDistances([
        [1, 2],
        [1, 2],
        [1, 2],
      ]),
    ]).toEqual([0, 0, 0]);
    expect(
      [
        ...crowdingDistances([
          [0, Number.POSITIVE_INFINITY],
          [1, 1],
          [2, 0],
        ]),
      ].some(Number.isNaN),
    ).toBe(false);
    expect([...crowdingDistances([])]).toEqual([]);
  });
});

test('the population takes fronts, the most isolated of the front that does not fit, then pruned, then infeasible trials', () => {
  const complete = (number: number, values: readonly number[], constraints: readonly number[] = []): Observation => ({
    ...{ state: 'complete', number, params: {}, value: values[0]!, values, constraints },
  });
  const observations: readonly Observation[] = [
    complete(0, [5, 5]),
    complete(1, [0, 4]),
    complete(2, [1, 3.5]),
    complete(3, [2, 2]),
    complete(4, [4, 0]),
    complete(5, [-9, -9], [0.5]),
    complete(6, [-9, -9], [-1, 0.25]),
    complete(7, [-9, -9], [Number.NaN]),
    { state: 'pruned', number: 8, params: {}, last: { step: 3, value: 0 } },
    { state: 'pruned', number: 9, params: {}, last: { step: 7, value: 50 } },
    { state: 'running', number: 10, params: {} },
    complete(11, [Number.NaN, 9]),
  ];
  const numbers = (size: number): readonly number[] =>
    populationOf({ direction: 'minimize', directions: ['minimize', 'minimize'], observations }, size).map(({ trial }) => trial.number);
  expect(new Set(numbers(3))).toEqual(new Set([1, 4, 3]));
  expect(numbers(20).slice(4)).toEqual([0, 11, 9, 8, 6, 5, 7]);
  expect(populationOf({ direction: 'maximize', observations }, 2).map(({ trial }) => trial.number)).toEqual([0, 4]);
});
