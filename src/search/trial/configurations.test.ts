import { describe, expect, test } from 'vitest';
import { byConfiguration, configurationsOf, figuresOf } from './configurations.ts';
import type { Observation } from './history.ts';

const complete = (number: number, x: number, value: number, more: object = {}): Observation => ({
  state: 'complete',
  number,
  params: { x },
  value,
  ...more,
});

describe('configurations', () => {
  const observations: readonly Observation[] = [
    complete(0, 1, 3),
    { state: 'failed', number: 1, params: { x: 2 } },
    complete(2, 1, 5),
    complete(4, 3, 1, { noise: { variance: 0.1 } }),
    { state: 'running', number: 5, params: { x: 3 } },
  ];

  test('are the trials of the same parameters, in whatever order these are written', () => {
    const [one, other] = [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ];
    const trials = [one, other].map((params, number): Observation => ({ state: 'running', number, params }));
    expect(configurationsOf(trials)).toHaveLength(1);
    expect(configurationsOf(observations).map(({ trials: of }) => of.map(({ number }) => number))).toEqual([[0, 2], [1], [4, 5]]);
  });

  test('are one observation each, with the mean and its noise, numbered without gaps', () => {
    const { next, observations: merged } = byConfiguration({ direction: 'minimize', next: 6, observations });
    expect(next).toBe(3);
    expect(merged).toEqual([
      complete(0, 1, 4, { noise: { variance: 1, seeds: 2 } }),
      { state: 'failed', number: 1, params: { x: 2 } },
      complete(2, 3, 1, { noise: { variance: 0.1 } }),
    ]);
  });

  test('one that misses a constraint once is infeasible', () => {
    const { observations: merged } = byConfiguration({
      direction: 'minimize',
      observations: [complete(0, 1, 3, { constraints: [-1] }), complete(1, 1, 9, { constraints: [2] })],
    });
    expect(merged).toEqual([complete(0, 1, 9, { constraints: [2] })]);
  });

  test('stay the same objects as long as no trial is added, so that fits are found again', () => {
    const history = { direction: 'minimize' as const, observations };
    const [before, after] = [byConfiguration(history), byConfiguration({ ...history, observations: [...observations, complete(6, 9, 9)] })];
    expect(after.observations[0]).toBe(before.observations[0]);
    expect(byConfiguration({ ...history, observations: [...observations, complete(6, 1, 7)] }).observations[0]).not.toBe(
      before.observations[0],
    );
  });

  test('have n, mean, sd and worst', () => {
    expect(figuresOf([1, 2, 6], 'minimize')).toEqual({
      n: 3,
      mean: expect.closeTo(3, 12) as number,
      sd: expect.closeTo(Math.sqrt(7), 12) as number,
      worst: 6,
    });
    expect(figuresOf([1, 2, 6], 'maximize').worst).toBe(1);
    expect(figuresOf([4], 'minimize')).toEqual({ n: 1, mean: 4, sd: null, worst: 4 });
  });
});
