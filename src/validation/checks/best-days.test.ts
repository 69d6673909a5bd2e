import { expect, test } from 'vitest';
import { withoutBestDays } from './best-days.ts';

test('the days are those that the mean of the seeds earned most on, the same for every seed', () => {
  const first = [0.01, 0.05, -0.02, 0.01, 0];
  const second = [0.04, -0.05, 0.01, 0.01, 0];
  expect(withoutBestDays([first, second], 0.2)).toEqual([
    [0.05, -0.02, 0.01, 0],
    [-0.05, 0.01, 0.01, 0],
  ]);
});

test('five in a hundred, rounded up; of equal days the earlier ones', () => {
  const returns = Array.from({ length: 60 }, (_, day) => (day < 57 ? 0.001 : 0.02));
  expect(withoutBestDays([returns])).toEqual([new Array(57).fill(0.001)]);
  expect(withoutBestDays([[0.1, 0.1, -0.1]])).toEqual([[0.1, -0.1]]);
  expect(withoutBestDays([new Array(140).fill(0.001)])[0]).toHaveLength(133);
  expect(withoutBestDays([[]])).toEqual([[]]);
});
