import { expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { mean } from '../moments.ts';
import { meanError } from './newey-west.ts';

/** Standard normal returns whose autocorrelation of lag 1 is `correlation`. */
function autoregressive(seed: string, days: number, correlation: number): Float64Array {
  const rng = createRng(seed);
  let last = rng.normal();
  return Float64Array.from({ length: days }, () => {
    last = correlation * last + Math.sqrt(1 - correlation ** 2) * rng.normal();
    return last;
  });
}

test('by hand: two lags of sixteen returns', () => {
  const returns = [3, 3, 2, 1, 0, -2, -3, -1, 0, 1, 3, 3, 1, 0, -1, -2];
  const centred = returns.map((x) => x - mean(returns));
  const covariance = (lag: number) => centred.reduce((sum, x, t) => (t < lag ? sum : sum + x * centred[t - lag]!), 0) / 16;
  const { lags, standardError, iid, autocorrelation, dependent } = meanError(returns);
  expect(lags).toBe(2);
  expect(standardError).toBeCloseTo(Math.sqrt((covariance(0) + (4 / 3) * covariance(1) + (2 / 3) * covariance(2)) / 16), 12);
  expect(iid).toBeCloseTo(Math.sqrt((covariance(0) * 16) / 15 / 16), 12);
  expect(autocorrelation).toBeCloseTo(covariance(1) / covariance(0), 12);
  expect(dependent).toBe(true);
});

test('the error of a mean is its spread over many samples', () => {
  for (const correlation of [0, 0.3]) {
    const samples = Array.from({ length: 400 }, (_, i) => autoregressive(`${correlation}/${i}`, 250, correlation));
    const spread = Math.sqrt(mean(samples.map((one) => mean(one) ** 2)));
    const errors = samples.map(meanError);
    expect(mean(errors.map(({ standardError }) => standardError)) / spread).toBeGreaterThan(0.85);
    expect(mean(errors.map(({ standardError }) => standardError)) / spread).toBeLessThan(1.1);
    const share = mean(errors.map(({ dependent }) => Number(dependent)));
    if (correlation === 0) expect(share).toBeLessThan(0.08);
    else expect(share).toBeGreaterThan(0.95);
  }
});

test('equal or too few returns have no error; NaN is refused', () => {
  expect(meanError([0, 0, 0, 0])).toMatchObject({ standardError: Number.NaN, autocorrelation: Number.NaN, dependent: false });
  expect(meanError([]).standardError).toBeNaN();
  expect(meanError([0.1]).standardError).toBeNaN();
  expect(() => meanError([0.1, Number.NaN])).toThrow(expect.objectContaining({ code: 'data_invalid', place: 'returns[1]' }));
});
