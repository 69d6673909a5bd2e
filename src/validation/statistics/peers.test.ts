import { describe, expect, test } from 'vitest';
import expected from '../../../tests/fixtures/statistics/expected.json' with { type: 'json' };
import { mean } from '../moments.ts';
import { blockLength } from './block-length.ts';
import { meanAbove, sharpeInterval } from './bootstrap.ts';
import { cscv } from './cscv.ts';
import { meanError } from './newey-west.ts';
import { longRunVariance, superiorAbility } from './spa.ts';

/** Four standard errors of the difference of two probabilities from as many draws as the peer made and as we make. */
function drawingError(p: number, draws: number): number {
  return 4 * Math.sqrt(Math.max(p * (1 - p), 1e-3) * (1 / draws + 1 / expected.draws));
}

describe('superior ability is that of arch', () => {
  test.each(expected.spa)('$differences.length models: $consistent', ({ differences, meanBlock, variances, lower, consistent, upper }) => {
    differences.forEach((one, model) => {
      expect(longRunVariance(one, mean(one), meanBlock) / variances[model]!).toBeCloseTo(1, 9);
    });
    const ours = superiorAbility(differences, { meanBlock, draws: 5000 });
    if (ours.statistic === 0) {
      // arch goes on to compare below 0, where no model is better than the baseline.
      expect(consistent).toBeGreaterThan(0.5);
      expect(ours.p).toBe(1);
      return;
    }
    for (const [own, peer] of [
      [ours.lower, lower],
      [ours.p, consistent],
      [ours.upper, upper],
    ] as const)
      expect(Math.abs(own - peer)).toBeLessThan(drawingError(peer, ours.draws));
  });
});

describe('block lengths, errors and bootstraps of one series are those of arch and statsmodels', () => {
  test.each(expected.series)('$returns.length days in blocks of $stationary', ({ returns, p, low, high, ...wanted }) => {
    const length = blockLength(returns);
    const error = meanError(returns);
    expect(length.stationary).toBeCloseTo(wanted.stationary, 9);
    expect(length.circular).toBeCloseTo(wanted.circular, 9);
    expect(error.lags).toBe(wanted.lags);
    expect(error.standardError).toBeCloseTo(wanted.standardError, 14);
    const above = meanAbove(returns, { draws: 5000 });
    expect(Math.abs(above.p - p)).toBeLessThan(drawingError(p, above.draws));
    const interval = sharpeInterval(returns);
    // An end of the interval is a quantile: its drawing error is a few hundredths of the width.
    expect(Math.abs(interval.low - low)).toBeLessThan(0.06 * (high - low));
    expect(Math.abs(interval.high - high)).toBeLessThan(0.06 * (high - low));
  });
});

describe('overfitting is that of a plain reading of the definition in numpy', () => {
  test.each(expected.cscv)('$returns.length trials, $blocks blocks: $pbo', ({ returns, blocks, ...wanted }) => {
    const { because, ...ours } = cscv(returns, { blocks });
    expect(because).toBeNull();
    expect(ours.chosen).toEqual(wanted.chosen);
    for (const key of ['pbo', 'probabilityOfLoss', 'degradationSlope', 'degradationIntercept', 'meanLogit', 'combinations'] as const)
      expect(ours[key]).toBeCloseTo(wanted[key], 10);
  });
});
