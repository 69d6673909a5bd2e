import { expect, test } from 'vitest';
import { sparkline } from './sparkline.ts';

test('a curve in one line keeps its last number, and leaves a gap for what is none', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe('▁▂▃▄▅▆▇█');
  expect(sparkline([0, 9, 0, 9, 0, 1], 3)).toBe('██▁');
  expect(sparkline([1, null, Number.NaN, 2], 10)).toBe('▁  █');
  expect(sparkline([5, 5], 10)).toBe('▄▄');
  expect(sparkline([-1.7e308, 1.7e308], 10)).toBe('▁█');
  expect([sparkline([], 10), sparkline([null, Number.POSITIVE_INFINITY], 10)]).toEqual(['', '  ']);
});
