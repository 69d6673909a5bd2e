import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linear, log, type Scale, time, widened, widenedLog } from './scale.ts';
import { type Domain, extentOf, linearTicks, numberLabels } from './ticks.ts';
import { timeLabels, timeTicks } from './time-ticks.ts';

const range = [40, 640] as const;
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const positive = fc.double({ min: 1e-307, max: 1.7e308, noNaN: true });
const instant = fc.integer({ min: -8.64e15, max: 8.64e15 });
const sorted = ([a, b]: readonly [number, number]): Domain => (a <= b ? [a, b] : [b, a]);
const most = fc.integer({ min: 1, max: 20 });

function checkTicks(scale: Scale, n: number): void {
  const ticks = scale.ticks(n);
  const [low, high] = scale.domain;
  expect(ticks.length).toBeLessThanOrEqual(n + 2);
  for (const [i, tick] of ticks.entries()) {
    expect(tick >= low && tick <= high).toBe(true);
    expect(Object.is(tick, -0)).toBe(false);
    if (i > 0) expect(tick).toBeGreaterThan(ticks[i - 1]!);
  }
  expect(scale.labels(ticks)).toHaveLength(ticks.length);
}

function checkPlaces(scale: Scale, share: number): void {
  const [low, high] = scale.domain;
  if (low === high) {
    expect(scale(low)).toBe(340);
    return;
  }
  const px = 40 + 600 * share;
  expect([scale(low), scale(high)]).toEqual([40, 640]);
  const x = scale.invert(px);
  expect(x).toBeGreaterThanOrEqual(low * (low < 0 ? 1 + 1e-9 : 1 - 1e-9));
  const roughness = (Math.abs(low) + Math.abs(high)) / 2 / (high / 2 - low / 2);
  if (roughness < 1e9) expect(Math.abs(scale(x) - px)).toBeLessThan(1e-3);
}

describe('scales', () => {
  test('of any finite domain give ticks within it, and places that lead back', () => {
    fc.assert(
      fc.property(fc.tuple(finite, finite).map(sorted), most, fc.double({ min: 0, max: 1, noNaN: true }), (domain, n, share) => {
        const scale = linear(domain, range);
        checkTicks(scale, n);
        if (domain[1] / 2 - domain[0] / 2 > Number.MIN_VALUE * 1e20) checkPlaces(scale, share);
      }),
    );
    // Widths of some times the smallest number, whose quotients are rounded.
    checkTicks(linear([-9e-323, -3e-323], range), 4);
    for (let width = 1; width <= 60; width++)
      for (const n of [2, 4, 6, 13, 20]) checkTicks(linear([-60 * Number.MIN_VALUE, (width - 60) * Number.MIN_VALUE], range), n);
  });

  test('of logarithms do so over all powers of ten', () => {
    fc.assert(
      fc.property(fc.tuple(positive, positive).map(sorted), most, (domain, n) => {
        const scale = log(domain, range);
        checkTicks(scale, n);
        if (domain[1] / domain[0] > 1.001) expect(Math.abs(scale(scale.invert(200)) - 200)).toBeLessThan(1e-3);
      }),
    );
    expect(log([1e-300, 1e300], range).ticks(6)).toEqual([1e-300, 1e-200, 1e-100, 1, 1e100, 1e200, 1e300]);
    expect(log([0.9e-5, 1.2e-2], range).ticks(6)).toEqual([1e-5, 1e-4, 1e-3, 1e-2]);
    expect(log([0.02, 0.6], range).ticks(6)).toEqual([0.02, 0.05, 0.1, 0.2, 0.5]);
    expect(log([0.021, 0.038], range).ticks(4)).toEqual([0.025, 0.03, 0.035]);
  });

  test('of times do so over the whole calendar', () => {
    fc.assert(fc.property(fc.tuple(instant, instant).map(sorted), most, (domain, n) => checkTicks(time(domain, range), n)));
    expect(timeTicks([-1e300, 1e300], 4).every((at) => !Number.isNaN(new Date(at).getTime()))).toBe(true);
  });

  test('have no place for NaN, nor a logarithm for zero and less', () => {
    expect(linear([0, 1], range)(Number.NaN)).toBeNaN();
    const scale = log([1, 10], range);
    expect([0, -0, -1, Number.NaN].map(scale)).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    expect(scale(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  });

  test('refuse a domain that is none', () => {
    for (const domain of [
      [Number.NaN, 1],
      [0, Number.POSITIVE_INFINITY],
      [2, 1],
    ] as const)
      for (const make of [linear, log, time]) expect(() => make(domain, range)).toThrow(RangeError);
    expect(() => log([0, 1], range)).toThrow('above 0');
    expect(() => log([-0, 1], range)).toThrow(RangeError);
  });

  test('run downwards too', () => {
    const scale = linear([0, 10], [300, 0]);
    expect([scale(0), scale(2.5), scale.invert(0)]).toEqual([300, 225, 10]);
  });
});

describe('ticks', () => {
  test('are exact decimals, and the zero has no sign', () => {
    expect(linearTicks([-0.3, 0.3], 6)).toEqual([-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]);
    expect(linearTicks([-1e308, 1.7e308], 5)).toEqual([-1e308, 0, 1e308]);
    expect(linearTicks([0, 3e-300], 3)).toEqual([0, 1e-300, 2e-300, 3e-300]);
    expect(linearTicks([7, 7])).toEqual([7]);
    expect(linearTicks([-0, -0]).map((x) => Object.is(x, -0))).toEqual([false]);
  });

  test('of a domain of some width are more than one, equally far apart', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (low, width) => {
        const ticks = linearTicks([low, low + width], 6);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        const step = ticks[1]! - ticks[0]!;
        for (let i = 2; i < ticks.length; i++) expect(Math.abs(ticks[i]! - ticks[i - 1]! - step)).toBeLessThan(1e-6 * step);
        expect(new Set(numberLabels(ticks)).size).toBe(ticks.length);
      }),
    );
  });

  test('are named with the digits that keep them apart', () => {
    expect(numberLabels([-1, -0.5, 0, 0.5])).toEqual(['−1', '−0.5', '0', '0.5']);
    expect(numberLabels([1000.01, 1000.02, 1000.03])).toEqual(['1000.01', '1000.02', '1000.03']);
    expect(numberLabels([1e-300, 1, 1e300])).toEqual(['1e−300', '1', '1e+300']);
  });

  test('of time stand where a clock and a calendar are round', () => {
    const at = (text: string) => Date.parse(`${text}Z`);
    const named = (from: string, to: string) => timeLabels(timeTicks([at(from), at(to)], 5));
    expect(named('2026-01-31T12:00:00', '2026-01-31T12:00:04')).toEqual([
      '2026-01-31 12:00:00',
      '12:00:01',
      '12:00:02',
      '12:00:03',
      '12:00:04',
    ]);
    expect(named('2026-01-31T22:10:00', '2026-02-01T02:00:00')).toEqual(['2026-01-31 23:00', '2026-02-01 00:00', '01:00', '02:00']);
    expect(named('2025-12-29T00:00:00', '2026-01-22T00:00:00')).toEqual(['2025-12-29', '2026-01-05', '01-12', '01-19']);
    expect(named('2025-11-10T00:00:00', '2026-03-10T00:00:00')).toEqual(['2025-12', '2026-01', '2026-02', '2026-03']);
    expect(named('1999-01-01T00:00:00', '2026-01-01T00:00:00')).toEqual(['2000', '2010', '2020']);
  });
});

describe('domains', () => {
  test('are those of the finite numbers', () => {
    expect(extentOf([3, null, Number.NaN, -2, Number.POSITIVE_INFINITY, undefined])).toEqual([-2, 3]);
    expect(extentOf([null, Number.NaN])).toBeNull();
  });

  test('get a margin, and a width where they have none', () => {
    expect(widened([0, 100], 0.05)).toEqual([-5, 105]);
    expect(widened([0, 0])).toEqual([-0.5, 0.5]);
    expect(widened([-Number.MAX_VALUE, Number.MAX_VALUE]).every(Number.isFinite)).toBe(true);
    expect(widenedLog([1, 100], 0.5)).toEqual([expect.closeTo(0.1, 9), expect.closeTo(1000, 9)]);
    for (const domain of [
      [1e-300, 1e300],
      [5e-324, 5e-324],
      [1e308, 1.7e308],
    ] as const)
      expect(() => log(widenedLog(domain), range)).not.toThrow();
  });
});
