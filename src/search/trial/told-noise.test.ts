import { describe, expect, test } from 'vitest';
import { checkedNoise, noiseOfMean } from './told-noise.ts';

describe('the noise that a trial tells', () => {
  test('is a variance, or its square root, with the number of seeds where they were few', () => {
    expect(checkedNoise({ variance: 0.25 })).toEqual({ variance: 0.25 });
    expect(checkedNoise({ sd: 0.5, seeds: 3 })).toEqual({ variance: 0.25, seeds: 3 });
    expect(Object.is(checkedNoise({ variance: -0 }).variance, 0)).toBe(true);
  });

  test.each([
    ['nothing', undefined, 'noise'],
    ['a number', 0.1, 'noise'],
    ['neither', {}, 'noise'],
    ['both', { variance: 1, sd: 1 }, 'noise'],
    ['a negative variance', { variance: -1 }, 'noise.variance'],
    ['a text', { sd: '0.1' }, 'noise.sd'],
    ['NaN', { sd: Number.NaN }, 'noise.sd'],
    ['a square that overflows', { sd: 1e200 }, 'noise.sd'],
    ['one seed', { sd: 1, seeds: 1 }, 'noise.seeds'],
    ['half a seed', { sd: 1, seeds: 2.5 }, 'noise.seeds'],
  ])('%s is refused, and the place is said', (_, given, place) => {
    expect(() => checkedNoise(given)).toThrow(expect.objectContaining({ code: 'trial_failed', place, hint: expect.any(String) as string }));
    expect(() => checkedNoise(given, 'usage')).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  test('of a mean over seeds is their variance divided by their number', () => {
    expect(noiseOfMean([1, 2, 3])).toEqual({ variance: expect.closeTo(1 / 3, 12) as number, seeds: 3 });
    for (const values of [[1], [], [1, Number.NaN], [1, Number.POSITIVE_INFINITY], [1e300, -1e300]]) expect(noiseOfMean(values)).toBeNull();
  });
});
