import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkLogCdf, checkTruncatedNormal, type TruncatedNormalGolden } from '../../tests/golden/truncated-normal.ts';
import { erfc, erfcx } from './erf.ts';
import { logNormalCdf, logNormalMass, normalCdf, normalQuantile, truncatedNormalQuantile } from './normal.ts';

const golden = JSON.parse(
  readFileSync(new URL('../../tests/fixtures/golden/truncnorm.json', import.meta.url), 'utf8'),
) as TruncatedNormalGolden;

function relativeError(actual: number, expected: number): number {
  return actual === expected ? 0 : Math.abs(actual - expected) / Math.max(Math.abs(expected), Number.MIN_VALUE);
}

describe('the normal distribution', () => {
  test('log Phi agrees with the reference from the far left tail to the right', () => {
    expect(golden.log_ndtr.flatMap(checkLogCdf)).toEqual([]);
  });

  test('masses and quantiles of the truncated normal agree with the reference', () => {
    expect(golden.rows.flatMap(checkTruncatedNormal)).toEqual([]);
  });

  test('the log mass of a narrow interval is exact where differences would cancel', () => {
    // Computed with 60 digits.
    expect(relativeError(logNormalMass(0.0999643327393738, 0.09996433291490361), -23.38714718045958)).toBeLessThan(1e-14);
    expect(relativeError(logNormalMass(-2.563278464806261, -2.5632784645582545), -26.32170292036215)).toBeLessThan(1e-14);
    expect(relativeError(logNormalMass(30, 30.0005), -458.52733165927714)).toBeLessThan(1e-14);
    expect(relativeError(logNormalMass(-1e-9, 2e-9), -20.543592081482974)).toBeLessThan(1e-14);
  });

  test('quantiles stay inside the interval and meet its ends', () => {
    expect(truncatedNormalQuantile(0, -1, 2)).toBe(-1);
    expect(truncatedNormalQuantile(1, -1, 2)).toBe(2);
    expect(truncatedNormalQuantile(0.5, 30, 31)).toBeGreaterThan(30);
    expect(truncatedNormalQuantile(0.999999, -40, -39)).toBeLessThanOrEqual(-39);
  });

  test('quantile and distribution function are inverse to each other', () => {
    for (const p of [1e-300, 1e-20, 0.001, 0.3, 0.5, 0.7, 0.999, 1 - 1e-12])
      expect(relativeError(normalCdf(normalQuantile(p)), p), `p = ${p}`).toBeLessThan(1e-12);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14);
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
  });

  test('an interval may be open to one side or both', () => {
    expect(normalCdf(Number.POSITIVE_INFINITY)).toBe(1);
    expect(normalCdf(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(truncatedNormalQuantile(0.25, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toBeCloseTo(normalQuantile(0.25), 14);
    const half = truncatedNormalQuantile(0.5, -3, Number.POSITIVE_INFINITY);
    expect(normalCdf(half) - normalCdf(-3)).toBeCloseTo((1 - normalCdf(-3)) / 2, 14);
    expect(truncatedNormalQuantile(0.5, Number.NEGATIVE_INFINITY, 3)).toBeCloseTo(-half, 14);
  });

  test('NaN stays NaN, and no probability outside [0, 1] has a quantile', () => {
    expect(logNormalCdf(Number.NaN)).toBeNaN();
    expect(normalQuantile(Number.NaN)).toBeNaN();
    expect(normalQuantile(-0.1)).toBeNaN();
    expect(normalQuantile(1.1)).toBeNaN();
  });
});

describe('error functions', () => {
  test('match tabulated values in all three ranges', () => {
    // Abramowitz and Stegun, table 7.1 and 7.2, and their continuation to 16 digits.
    expect(relativeError(1 - erfc(0.25), 0.2763263901682369)).toBeLessThan(1e-15);
    expect(relativeError(1 - erfc(1), 0.8427007929497149)).toBeLessThan(1e-15);
    expect(relativeError(erfc(2), 0.004677734981047266)).toBeLessThan(2e-15);
    expect(relativeError(erfc(6), 2.1519736712498913e-17)).toBeLessThan(2e-15);
    expect(relativeError(erfc(-1), 1.8427007929497148)).toBeLessThan(1e-15);
    expect(relativeError(erfcx(10), 0.05614099274382259)).toBeLessThan(2e-15);
  });

  test('meet at the borders of their ranges', () => {
    for (const border of [0.46875, 4]) expect(relativeError(erfc(border * (1 + 1e-15)), erfc(border)), `at ${border}`).toBeLessThan(1e-13);
  });
});
