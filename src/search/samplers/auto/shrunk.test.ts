import { expect, test } from 'vitest';
import type { Observation } from '../../trial/history.ts';
import { shrunk } from './shrunk.ts';

const complete = (number: number, value: number, variance?: number): Observation => ({
  state: 'complete',
  number,
  params: { x: number },
  value,
  ...(variance !== undefined && { noise: { variance } }),
});
const valuesOf = (trials: readonly Observation[]): readonly number[] =>
  trials.map((trial) => (trial.state === 'complete' ? trial.value : Number.NaN));

test('a lucky imprecise trial comes behind a good precise one, and precise values stay', () => {
  const trials = [complete(0, -3, 9), complete(1, -2, 0), complete(2, 1, 0), complete(3, 4, 0)];
  const [lucky, good, ...rest] = valuesOf(shrunk(trials, 1));
  expect(lucky).toBeGreaterThan(good!);
  expect([good, ...rest]).toEqual([-2, 1, 4]);
});

test('without told noise, with several objectives and for values that are all equal nothing changes', () => {
  const silent = [complete(0, 1), complete(1, 2)];
  expect(shrunk(silent, 1)).toBe(silent);
  const told = [complete(0, 1, 2), complete(1, 2, 2)];
  expect(shrunk(told, 2)).toBe(told);
  const equal = [complete(0, 1, 2), complete(1, 1, 2)];
  expect(shrunk(equal, 1)).toBe(equal);
  const infinite = [complete(0, Number.POSITIVE_INFINITY, 2), complete(1, 1, 2), complete(2, 3, 2)];
  expect(valuesOf(shrunk(infinite, 1))[0]).toBe(Number.POSITIVE_INFINITY);
});
